/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
int main(void)
{
	return 0;
}
