# What a far end never says, and what it wants proof for. They wait for
# messages, not for sound: beside the others.
TESTS += tests/system/lost-test.py tests/system/challenge-test.py
EXTRA_DIST += tests/system/lost-test.py tests/system/challenge-test.py
