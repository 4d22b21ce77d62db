/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Secrets: passwords, and the keys of certificates. They stand in files that
 * only their owner can use, and are no passwords that an attacker tries first. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "config/check.h"

#define SHORTEST 8	/* characters of a password */
#define DIGITS_LEAST 12	/* of a password of digits alone */

/* ------------------------------------------------------------------- files */

/* What may be wrong with a file that holds a secret; NULL: nothing. *f: open. */
static const char *file_fault(FILE **f, const char *path, const char *missing,
			      char *buffer, size_t size)
{
	struct stat st;

	*f = file_open(path, &st);
	if (!*f && errno == ENOENT)
		return missing;
	if (!*f && errno == EACCES)
		return "cannot be read by this user; run as root or as the user of tipringd";
	if (!*f)
		snprintf(buffer, size, "cannot be read: %s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		return "is no file";
	else if (st.st_mode & 0137)
		snprintf(buffer, size, "has mode %04o, so that others can use it; chmod 0600, or 0640",
			 (unsigned)st.st_mode & 07777);
	return *buffer ? buffer : NULL;
}

/* ---------------------------------------------------------------- passwords */

/* What attackers try first on telephone systems, in lower case. */
static const char *const common[] = {
	"00000000", "11111111", "12341234", "12345678", "123456789",
	"1234567890", "0123456789", "87654321", "987654321", "1q2w3e4r",
	"1q2w3e4r5t", "1qaz2wsx", "abc12345", "abcd1234", "admin123",
	"administrator", "asdfghjk", "asdfghjkl", "asterisk", "baseball",
	"changeme", "changeme1", "changeit", "computer", "default1",
	"extension", "football", "freepbx1", "grandstream", "iloveyou",
	"internet", "letmein1", "linphone", "master123", "p@ssw0rd",
	"p@ssword", "pa55word", "passw0rd", "password", "password1",
	"password12", "password123", "password1234", "polycom1", "princess",
	"q1w2e3r4", "qazwsxedc", "qwer1234", "qwerty12", "qwerty123",
	"qwertyui", "qwertyuiop", "root1234", "secret12", "secret123",
	"sipsecret", "siptrunk", "sunshine", "superman", "superuser",
	"telephone", "test1234", "testtest", "trustno1", "voip1234",
	"voipvoip", "welcome1", "welcome123", "whatever", "zaq12wsx",
};

static bool same_character(const char *s)
{
	return strspn(s, (char[]){ *s, 0 }) == strlen(s);
}

static bool names(const char *secret, const char *name)
{
	size_t n = strlen(secret), k = strlen(name);

	if (!k)
		return false;
	if (*name == '+' && names(secret, name + 1))
		return true;
	/* Itself, or itself twice. */
	return (n == k && !strcasecmp(secret, name)) ||
	       (n == 2 * k && !strncasecmp(secret, name, k) &&
		!strcasecmp(secret + k, name));
}

const char *weak_secret(const char *secret, const struct account_given *a)
{
	size_t n = strlen(secret);

	if (names(secret, a->user) || names(secret, a->auth_user))
		return "is the user's name";
	if (names(secret, a->number))
		return "is the line's number";
	if (n < SHORTEST)
		return "is shorter than 8 characters";
	if (same_character(secret))
		return "is one character, repeated";
	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++)
		if (!strcasecmp(secret, common[i]))
			return "is among those that attackers try first";
	if (n < DIGITS_LEAST && strspn(secret, "0123456789") == n)
		return "has digits alone, and fewer than 12";
	return NULL;
}

static void check_secret(struct loader *l, const config_setting_t *place,
			 const char *key, const struct account_given *a)
{
	char buffer[160] = "", line[256] = "";
	FILE *f;
	const char *weak, *fault = file_fault(&f, a->secret_file,
		"does not exist; write the password into it and give it mode 0600",
		buffer, sizeof(buffer));

	if (!fault && (!fgets(line, sizeof(line), f) || !strcspn(line, "\r\n")))
		fault = "has no password in its first line";
	if (f)
		fclose(f);
	if (fault) {
		report_at(l, place, "%s %s %s", key, a->secret_file, fault);
		return;
	}
	line[strcspn(line, "\r\n")] = '\0';
	weak = a->allow_weak ? NULL : weak_secret(line, a);
	explicit_bzero(line, sizeof(line));
	if (weak)
		report_at(l, place, "%s %s: the password %s; agree on a better one with the far end, or set allow_weak_secret = true",
			  key, a->secret_file, weak);
}

void check_account(struct loader *l, const config_setting_t *group,
		   const struct account_given *a)
{
	if (!*a->user && !setting_faulty(group)) {
		static const char *const keys[] = { "register", "auth_user", "secret_file" };

		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
			if (check_given(group, keys[i]) && (i || a->registers))
				report_at(l, check_place(group, keys[i]),
					  "%s has no use without user; add user = \"...\"",
					  keys[i]);
	} else if (a->registers && !*a->secret_file && !setting_faulty(group)) {
		report_at(l, check_place(group, "register"),
			  "register needs a password; add secret_file = \"FILE\"");
	}
	if (*a->secret_file)
		check_secret(l, check_place(group, "secret_file"), "secret_file", a);
}

void check_accept(struct loader *l, const config_setting_t *s,
		  const struct config_trunk *t)
{
	const struct account_given a = {
		.user = t->accept_user, .auth_user = "", .number = "",
		.secret_file = t->accept_secret_file,
		.allow_weak = t->allow_weak_secret,
	};
	bool secret = *t->accept_secret_file;

	if (setting_faulty(s))
		return;
	if (secret && !*t->accept_user)
		report_at(l, check_place(s, "accept_secret_file"),
			  "accept_secret_file has no use without accept_user; add accept_user = \"...\"");
	else if (*t->accept_user && !secret)
		report_at(l, check_place(s, "accept_user"),
			  "accept_user needs a password to prove; add accept_secret_file = \"FILE\"");
	else if (secret)
		check_secret(l, check_place(s, "accept_secret_file"),
			     "accept_secret_file", &a);
	for (const struct config_trunk *o = l->conf->trunks; *t->accept_user && o < t; o++)
		if (!strcmp(o->accept_user, t->accept_user))
			report_at(l, check_place(s, "accept_user"),
				  "accept_user \"%s\" is trunk %s's already; nobody could tell whose calls they are",
				  t->accept_user, o->name);
}

/* ------------------------------------------------------------- certificates */

static bool readable(struct loader *l, const config_setting_t *place,
		     const char *key, const char *path)
{
	struct stat st;
	FILE *f = file_open(path, &st);
	int err = errno;

	if (f)
		fclose(f);
	if (f && S_ISREG(st.st_mode))
		return true;
	report_at(l, place, "%s %s %s", key, path, f ? "is no file" :
		  err == ENOENT ? "does not exist" : strerror(err));
	return false;
}

void check_tls(struct loader *l, const config_setting_t *group,
	       const struct config_tls *t, const char *prefix)
{
	char key[32], buffer[160] = "";
	const char *path = *t->key_file ? t->key_file : t->certificate_file;
	const char *fault;
	FILE *f;

	snprintf(key, sizeof(key), "%sca_file", prefix);
	if (*t->ca_file && check_given(group, key))
		readable(l, check_place(group, key), key, t->ca_file);
	snprintf(key, sizeof(key), "%skey_file", prefix);
	if (*t->key_file && !*t->certificate_file && check_given(group, key)) {
		report_at(l, check_place(group, key), "%s has no use without %scertificate_file",
			  key, prefix);
		return;
	}
	snprintf(key, sizeof(key), "%scertificate_file", prefix);
	if (!*t->certificate_file || !check_given(group, key) ||
	    !readable(l, check_place(group, key), key, t->certificate_file))
		return;
	if (*t->key_file)
		snprintf(key, sizeof(key), "%skey_file", prefix);
	fault = file_fault(&f, path, "does not exist", buffer, sizeof(buffer));
	if (f)
		fclose(f);
	if (fault)
		report_at(l, check_place(group, key), "%s %s, a private key, %s", key,
			  path, fault);
}
