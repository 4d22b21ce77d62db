# Mailboxes that are subscribed to, their server scripted and sipp.
TESTS += tests/system/mailbox-test.py
EXTRA_DIST += tests/system/mailbox-test.py tests/system/sipp/mailbox.xml
