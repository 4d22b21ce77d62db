/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config/loader.h"

void check_all(struct loader *l)
{
}
