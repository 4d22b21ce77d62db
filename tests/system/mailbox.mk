# Mailboxes that are subscribed to, their server scripted and sipp.
TESTS += tests/system/mailbox-test.py
EXTRA_DIST += tests/system/mailbox-test.py tests/system/sipp/mailbox.xml

# In real time: one after the other, as the rest.
tests/system/mailbox-test.log: tests/system/features-test.log
tests/system/peers-test.log: tests/system/mailbox-test.log
