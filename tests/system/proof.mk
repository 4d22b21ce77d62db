# peers that prove who they are: message by message, beside the others
TESTS += tests/system/proof-test.py
EXTRA_DIST += tests/system/proof-test.py

# sips: and tel:, the same way
TESTS += tests/system/scheme-test.py
EXTRA_DIST += tests/system/scheme-test.py
