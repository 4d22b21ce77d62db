# Unit tests, one program a module, one list a room.
if HAVE_CMOCKA
include tests/unit/base.mk
include tests/unit/config.mk
include tests/unit/core.mk
include tests/unit/media.mk
include tests/unit/q24.mk
include tests/unit/probe.mk
include tests/unit/echo.mk
include tests/unit/supervision.mk
include tests/unit/sip.mk
include tests/unit/isdn.mk
include tests/unit/ops.mk
include tests/unit/pbx.mk
include tests/unit/drivers.mk
include tests/unit/gateway.mk
endif
