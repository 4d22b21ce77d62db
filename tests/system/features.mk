# hold, transfer, waiting
TESTS += tests/system/features-test.py
EXTRA_DIST += tests/system/features-test.py

# In real time: one after the other, as the rest.
tests/system/features-test.log: tests/system/control-test.log
tests/system/peers-test.log: tests/system/features-test.log
