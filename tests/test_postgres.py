"""The PostgreSQL that tests start."""

from tests.postgres import Cluster


def test_a_test_has_a_postgresql_of_its_own_with_as_many_databases_as_it_likes(cluster: Cluster) -> None:
    cluster.make("one")
    cluster.make("other")
    try:
        cluster.run("create table kept (id int)", database="one", role="chat")

        found = [
            cluster.run("select count(*) from pg_tables where tablename = 'kept'", database=database, role="chat")
            for database in ("one", "other")
        ]
    finally:
        cluster.drop("one")
        cluster.drop("other")

    assert found == ["1", "0"]
    assert cluster.run("select count(*) from pg_database where datname in ('one', 'other')") == "0"
