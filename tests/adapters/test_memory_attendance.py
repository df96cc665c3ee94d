"""The attendance in memory keeps the port's promises."""

import pytest

from chatcore.adapters.memory_attendance import MemoryAttendance
from chatcore.ports.attendance import Attendance
from chatcore.testing import VirtualClock
from chatcore.testing.contracts.attendance import AttendanceContract


class TestMemoryAttendance(AttendanceContract):
    @pytest.fixture
    def attendance(self) -> MemoryAttendance:
        self.clock = VirtualClock()
        return MemoryAttendance(self.clock)

    async def pass_time(self, attendance: Attendance, seconds: float) -> None:
        self.clock.elapse(seconds)

    async def crash(self, attendance: Attendance) -> None:
        assert isinstance(attendance, MemoryAttendance)
        attendance.crash()
