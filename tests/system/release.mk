# How calls on FXO lines end, told with the proof.
TESTS += tests/system/release-test.py
EXTRA_DIST += tests/system/release-test.py

# In real time: one after the other, as the rest.
tests/system/release-test.log: tests/system/mailbox-test.log
tests/system/peers-test.log: tests/system/release-test.log
