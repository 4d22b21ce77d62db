/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * A tokenizer and a descent through the grammar of libconfig:
 *
 *   settings: { NAME ('=' | ':') value [';' | ','] }
 *   value:    BOOL | NUMBER | STRING | '{' settings '}'
 *           | '(' [ value { ',' value } ] ')' | '[' [ scalar { ',' scalar } ] ']'
 *
 * Stricter than libconfig in four points, each of which would hide a mistake: a
 * string ends on the line where it begins, two strings side by side are not
 * one, @include is refused (a file is one file), and a number is written with
 * digits, '.', sign and 0x alone.
 */
#include "config/syntax.h"

#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MOST 16
#define SHOWN 40		/* characters of a word that a message shows */

enum token { TOKEN_END, TOKEN_NAME, TOKEN_VALUE, TOKEN_SIGN };

struct scan {
	struct syntax *out;
	struct config_pool *pool;
	const char *at;		/* behind the present token */
	unsigned line;
	/* the present token */
	enum token token;
	char type;		/* of a value as in struct literal; or the sign */
	const char *start;
	size_t length;
	unsigned token_line;
	unsigned last_line;	/* of the token before it */
	int depth;
	jmp_buf stop;		/* the first error ends the scan */
};

__attribute__((format(printf, 3, 4), noreturn))
static void fail(struct scan *s, unsigned line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(s->out->error, sizeof(s->out->error), format, args);
	va_end(args);
	s->out->error_line = line;
	longjmp(s->stop, EINVAL);
}

static int shown(size_t length)
{
	return length < SHOWN ? (int)length : SHOWN;
}

/* ------------------------------------------------------------------ tokens */

static void skip_comment(struct scan *s)
{
	unsigned line = s->line;

	for (s->at += 2; strncmp(s->at, "*/", 2); s->at++) {
		if (!*s->at)
			fail(s, line, "the comment that begins here with /* is never ended; add */");
		s->line += *s->at == '\n';
	}
	s->at += 2;
}

static void skip_blanks(struct scan *s)
{
	for (;;) {
		if (*s->at == '\n')
			s->line++;
		if (*s->at && strchr(" \t\r\n\f", *s->at))
			s->at++;
		else if (*s->at == '#' || !strncmp(s->at, "//", 2))
			s->at += strcspn(s->at, "\n");
		else if (!strncmp(s->at, "/*", 2))
			skip_comment(s);
		else
			return;
	}
}

static void take_string(struct scan *s)
{
	const char *p = s->at + 1;

	while (*p && *p != '"' && *p != '\n')
		p += *p == '\\' && p[1] && p[1] != '\n' ? 2 : 1;
	if (*p != '"')
		fail(s, s->line, "the quote that begins %.*s is not closed on its line; add \" at its end",
		     shown(strcspn(s->at, "\r\n;,")), s->at);
	s->length = p + 1 - s->at;
	s->at = p + 1;
	s->token = TOKEN_VALUE;
	s->type = 's';
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_.*+-@/", c));
}

static bool all(const char *text, size_t length, const char *set)
{
	return length && strspn(text, set) >= length;
}

/* 'i', 'f' or 0. */
static char number_type(const char *text, size_t length)
{
	const char *digits = "0123456789";
	size_t whole, part;

	if (length && strchr("+-", *text)) {
		text++;
		length--;
	} else if (length > 2 && !strncasecmp(text, "0x", 2)) {
		return all(text + 2, length - 2, "0123456789abcdefABCDEF") ? 'i' : 0;
	}
	if (all(text, length, digits))
		return 'i';
	whole = strspn(text, digits);
	if (whole >= length || text[whole] != '.')
		return 0;
	part = length - whole - 1;
	return whole + part && (!part || all(text + whole + 1, part, digits)) ? 'f' : 0;
}

static bool is_name(const char *text, size_t length)
{
	if (!isalpha((unsigned char)*text) && *text != '*')
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("-_*", text[i]))
			return false;
	return true;
}

static bool word_is(const struct scan *s, const char *word)
{
	return strlen(word) == s->length && !strncasecmp(s->start, word, s->length);
}

static void take_word(struct scan *s)
{
	while (is_word(s->at[s->length]) && strncmp(s->at + s->length, "//", 2) &&
	       strncmp(s->at + s->length, "/*", 2))
		s->length++;
	s->type = number_type(s->at, s->length);
	if (word_is(s, "true") || word_is(s, "false"))
		s->type = 'b';
	s->token = s->type ? TOKEN_VALUE : TOKEN_NAME;
	s->at += s->length;
}

static void next(struct scan *s)
{
	s->last_line = s->token_line;
	skip_blanks(s);
	s->start = s->at;
	s->length = 0;
	s->token_line = s->line;
	s->type = 0;
	if (!*s->at) {
		s->token = TOKEN_END;
	} else if (*s->at == '"') {
		take_string(s);
	} else if (is_word(*s->at) && *s->at != '@') {
		take_word(s);
	} else if (strchr("{}()[]=:;,", *s->at)) {
		s->token = TOKEN_SIGN;
		s->type = *s->at++;
	} else if (!strncmp(s->at, "@include", 8)) {
		fail(s, s->line, "@include is not supported; put everything into this file");
	} else if (*s->at == '\'') {
		fail(s, s->line, "a text stands in double quotes (\"), not in single ones");
	} else if (!strncmp(s->at, "\xe2\x80", 2)) {
		fail(s, s->line, "a typographic quote or dash; write a plain \" or -");
	} else {
		fail(s, s->line, isprint((unsigned char)*s->at) ?
		     "'%c' cannot stand here; a text needs quotes" :
		     "a byte of code %d cannot stand here; a text needs quotes",
		     (unsigned char)*s->at);
	}
}

/* ----------------------------------------------------------------- grammar */

static void scan_value(struct scan *s, struct literal *literal);
static struct literal *add(struct scan *s, unsigned line);

static char closing(char opening)
{
	return opening == '{' ? '}' : opening == '(' ? ')' : ']';
}

/* The present token cannot come before `opening` is closed. */
__attribute__((noreturn))
static void fail_open(struct scan *s, char opening, unsigned line)
{
	if (s->token == TOKEN_END)
		fail(s, line, "the '%c' here is never closed; add '%c'", opening,
		     closing(opening));
	if (s->token == TOKEN_SIGN)
		fail(s, line, "the '%c' here is not closed before the '%c' of line %u; add '%c'",
		     opening, s->type, s->token_line, closing(opening));
	fail(s, line, "the '%c' here is not closed before %.*s of line %u; add '%c'",
	     opening, shown(s->length), s->start, s->token_line, closing(opening));
}

/* A word that is neither number, true nor false stands where a value should. */
__attribute__((noreturn))
static void fail_word(struct scan *s)
{
	size_t length = s->length + strcspn(s->start + s->length, " \t\r\n;,\"#(){}[]");

	if (word_is(s, "yes") || word_is(s, "on"))
		fail(s, s->token_line, "%.*s is not known; write true", shown(s->length), s->start);
	if (word_is(s, "no") || word_is(s, "off"))
		fail(s, s->token_line, "%.*s is not known; write false", shown(s->length), s->start);
	fail(s, s->token_line, "%.*s needs quotes: \"%.*s\"", shown(length), s->start,
	     shown(length), s->start);
}

static void check_twice(struct scan *s, const struct literal *setting)
{
	for (const struct literal *l = setting->before; l; l = l->before)
		if (l->name_length == setting->name_length &&
		    !strncmp(l->name, setting->name, l->name_length))
			fail(s, setting->line, "%.*s is given twice, first in line %u; keep one",
			     shown(l->name_length), l->name, l->line);
}

/* opening: '{', or 0 for the file itself. */
static void scan_settings(struct scan *s, char opening, unsigned line)
{
	struct literal *last = NULL, *l;

	while (s->token == TOKEN_NAME) {
		l = add(s, s->token_line);
		l->name = s->start;
		l->name_length = s->length;
		l->before = last;
		last = l;
		if (!is_name(l->name, l->name_length))
			fail(s, l->line, "%.*s cannot be a key", shown(l->name_length), l->name);
		check_twice(s, l);
		next(s);
		if (s->token != TOKEN_SIGN || (s->type != '=' && s->type != ':')) {
			if (opening && s->token == TOKEN_END)
				fail_open(s, opening, line);
			fail(s, l->line, "a '=' is missing behind %.*s",
			     shown(l->name_length), l->name);
		}
		next(s);
		scan_value(s, l);
		if (s->token == TOKEN_SIGN && (s->type == ';' || s->type == ','))
			next(s);
	}
	if (s->token == TOKEN_VALUE)
		fail(s, s->token_line, "a key must stand here, not %.*s",
		     shown(s->length), s->start);
	if (s->token == TOKEN_SIGN && (s->type == ';' || s->type == ','))
		fail(s, s->token_line, "one '%c' too many", s->type);
	if (s->token == TOKEN_SIGN && (s->type == '=' || s->type == ':'))
		fail(s, s->token_line, "a key must stand before '%c'", s->type);
	if (!opening)
		return;
	if (s->token != TOKEN_SIGN || s->type != '}')
		fail_open(s, opening, line);
	next(s);
}

/* Between two elements, or behind the last one: does another one follow? */
static bool another(struct scan *s, char opening, unsigned line)
{
	unsigned comma = s->token_line;

	if (s->token == TOKEN_SIGN && s->type == closing(opening))
		return false;
	if (s->token == TOKEN_SIGN && s->type == ',') {
		next(s);
		if (s->token == TOKEN_SIGN && s->type == closing(opening))
			fail(s, comma, "a comma behind the last element; remove it");
		return true;
	}
	if (s->token == TOKEN_VALUE ||
	    (s->token == TOKEN_SIGN && strchr("{([", s->type)))
		fail(s, s->last_line, "a comma is missing behind this element");
	fail_open(s, opening, line);
}

static void scan_elements(struct scan *s, char opening, unsigned line)
{
	struct literal *first = NULL, *l;

	next(s);
	if (s->token == TOKEN_SIGN && s->type == closing(opening)) {
		next(s);
		return;
	}
	do {
		if (s->token == TOKEN_END || s->token == TOKEN_NAME) {
			if (s->token == TOKEN_NAME && opening == '(' && *s->at &&
			    s->at[strspn(s->at, " \t")] == '=')
				fail(s, s->token_line, "keys in ( ) belong in braces: ( { %.*s = ... } )",
				     shown(s->length), s->start);
			if (s->token == TOKEN_END)
				fail_open(s, opening, line);
			fail_word(s);
		}
		l = add(s, s->token_line);
		if (opening == '[' && s->token == TOKEN_SIGN && strchr("{([", s->type))
			fail(s, s->token_line, "'%c' cannot stand in [ ]; use ( )", s->type);
		scan_value(s, l);
		first = first ? first : l;
		if (opening == '[' && l->type != first->type)
			fail(s, l->line, "the elements of [ ] must be of one kind; put all of them in quotes, or none");
	} while (another(s, opening, line));
	next(s);
}

static void scan_value(struct scan *s, struct literal *l)
{
	unsigned line = s->token_line;
	const char *end;

	if (s->token == TOKEN_NAME)
		fail_word(s);
	l->type = s->type;
	if (s->token == TOKEN_VALUE) {
		l->text = s->start;
		l->length = s->length;
		end = s->at;
		next(s);
		if (l->type == 's' && s->start == end && s->token != TOKEN_SIGN &&
		    s->token != TOKEN_END)
			fail(s, s->token_line, "a quote is missing: %.*s is followed at once by %.*s",
			     shown(l->length), l->text, shown(s->length), s->start);
		return;
	}
	if (s->token == TOKEN_SIGN && (s->type == '=' || s->type == ':'))
		fail(s, line, "one '%c' too many", s->type);
	if (s->token == TOKEN_END || !strchr("{([", s->type)) {
		if (l->name)
			fail(s, l->line, "%.*s has no value", shown(l->name_length), l->name);
		fail(s, line, "a value is missing before '%c'", s->type);
	}
	if (++s->depth > DEPTH_MOST)
		fail(s, line, "brackets are nested too deeply");
	if (s->type == '{') {
		next(s);
		scan_settings(s, '{', line);
	} else {
		scan_elements(s, s->type, line);
	}
	s->depth--;
}

static struct literal *add(struct scan *s, unsigned line)
{
	struct syntax *out = s->out;
	struct literal *l = pool_array(s->pool, 1, sizeof(*l));

	if (l && out->count == out->room) {
		size_t room = out->room ? 2 * out->room : 64;
		struct literal **more = pool_array(s->pool, room, sizeof(struct literal *));

		if (!more)
			longjmp(s->stop, ENOMEM);
		if (out->count)
			memcpy(more, out->values, out->count * sizeof(*more));
		out->values = more;
		out->room = room;
	}
	if (!l)
		longjmp(s->stop, ENOMEM);
	l->line = line;
	out->values[out->count++] = l;
	return l;
}

static void scan_file(struct scan *s)
{
	next(s);
	scan_settings(s, 0, 0);
	if (s->token == TOKEN_END)
		return;
	if (s->token == TOKEN_SIGN && strchr("}])", s->type))
		fail(s, s->token_line, "this '%c' closes nothing; remove it", s->type);
	fail(s, s->token_line, "a key must stand before '%c'", s->type);
}

int syntax_scan(struct syntax *out, struct config_pool *pool, const char *text,
		size_t length)
{
	struct scan s = { .out = out, .pool = pool, .at = text, .line = 1 };
	int error;

	*out = (struct syntax){ 0 };
	error = setjmp(s.stop);
	if (error)
		return -error;
	if (strlen(text) != length) {
		for (const char *p = text; *p; p++)
			s.line += *p == '\n';
		fail(&s, s.line, "a zero byte; this is not a text file");
	}
	scan_file(&s);
	return 0;
}
