# what the guard against toll fraud keeps
TESTS += tests/system/fraud-test.py
EXTRA_DIST += tests/system/fraud-test.py

# In real time: one after the other, as the rest.
tests/system/fraud-test.log: tests/system/control-test.log
tests/system/peers-test.log: tests/system/fraud-test.log

# Whom it lets through: message by message, beside the others.
TESTS += tests/system/toll-test.py
EXTRA_DIST += tests/system/toll-test.py
