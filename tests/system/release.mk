# How calls on FXO lines end, told with the proof.
TESTS += tests/system/release-test.py
EXTRA_DIST += tests/system/release-test.py
