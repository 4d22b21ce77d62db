/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * cdr.h - call detail records: one JSON line for each ended call, appended to a
 * file, and an entry with fields in the journal.
 *
 * The file may be renamed or removed at any time: the next record looks whether
 * the path still leads to it. A file that cannot be written is complained of
 * once, and once more when it works again, with the number of records that were
 * lost to it; no call waits for it.
 */
#ifndef OPS_CDR_H
#define OPS_CDR_H

#include <jansson.h>
#include <stdbool.h>

struct cdr;

struct cdr *cdr_new(void);
void cdr_free(struct cdr *);

/* file: "" none. 0, or -errno after a warning in the log; then each record
 * tries again. */
int cdr_conf(struct cdr *, const char *file, bool journal);
int cdr_reopen(struct cdr *);
void cdr_write(struct cdr *, const json_t *record);

/* The journal's fields of a record, "TIPRING_CALLED_NUMBER=...", beginning with
 * MESSAGE: NULL-terminated, to be given back with cdr_fields_free(). */
char **cdr_fields(const json_t *record);
void cdr_fields_free(char **);

#endif
