# what the guard against toll fraud keeps
TESTS += tests/system/fraud-test.py
EXTRA_DIST += tests/system/fraud-test.py

# Whom it lets through: message by message, beside the others.
TESTS += tests/system/toll-test.py
EXTRA_DIST += tests/system/toll-test.py
