# who may not call, and floods
TESTS += tests/system/access-test.py
EXTRA_DIST += tests/system/access-test.py

# In real time: one after the other, as the rest.
tests/system/access-test.log: tests/system/control-test.log
tests/system/peers-test.log: tests/system/access-test.log
