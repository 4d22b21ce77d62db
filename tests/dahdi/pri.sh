#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# Of check.sh what runs on primary rate spans. TAP.
exec bash "$SOURCE/tests/dahdi/check.sh" isdn
