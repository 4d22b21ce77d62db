/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * check.h - what holds between keys. Every error stands at the key that is
 * wrong, else at its group. Groups that are faulty already are not asked for
 * what is missing in them.
 */
#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "config/loader.h"

/* The list's element i of the file. */
const config_setting_t *check_element(struct loader *, const char *list, size_t i);
/* The place of a key in it, or the group itself where the key is not given. */
const config_setting_t *check_place(const config_setting_t *group, const char *key);
bool check_given(const config_setting_t *group, const char *key);

/* Bounds that contradict each other or `lines`, the number of lines there are
 * to hold calls; 0: not known. whose: "this group has". */
void check_limit(struct loader *, const config_setting_t *group,
		 const struct config_limit *, size_t lines, const char *whose);
/* user, auth_user, secret_file and register, of a trunk or a line. */
struct account_given {
	const char *user, *auth_user, *number, *secret_file;
	bool registers, allow_weak;
};
void check_account(struct loader *, const config_setting_t *group,
		   const struct account_given *);
/* The password that a peer proves itself with to us. */
void check_accept(struct loader *, const config_setting_t *trunk,
		  const struct config_trunk *);
/* What makes a password easy to guess, "is shorter than 8 characters"; NULL:
 * nothing that is known here. */
const char *weak_secret(const char *secret, const struct account_given *);
/* Certificates and keys that are named. files: of the file or of a trunk;
 * prefix: of its keys, "tls_" or "". */
void check_tls(struct loader *, const config_setting_t *group,
	       const struct config_tls *, const char *prefix);
/* An end that does not exist. */
void check_end(struct loader *, const config_setting_t *, const struct route_end *);
void check_trunk_name(struct loader *, const config_setting_t *, const char *name);
void check_line_name(struct loader *, const config_setting_t *, const char *name);

void check_trunks(struct loader *);
void check_spans(struct loader *);
void check_lines(struct loader *);
void check_groups(struct loader *);
void check_routes(struct loader *);
void check_ringing(struct loader *);
void check_net(struct loader *);

#endif
