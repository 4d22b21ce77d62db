/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "drivers/dahdi/port.h"

#define SUSPECTS 2

/* Does this process hold a node of that channel? The generic node
 * (/dev/dahdi/channel) does not show which channel it stands for: it counts as
 * a suspect. */
static bool holds(const char *pid, int channel)
{
	char dir[64], path[400], node[32];
	struct dirent *e;
	struct stat st, is;
	bool found = false;
	DIR *d;

	snprintf(node, sizeof(node), DAHDI_DEVICES "/%d", channel);
	if (stat(node, &st) < 0)
		memset(&st, 0, sizeof(st));
	snprintf(dir, sizeof(dir), "/proc/%.12s/fd", pid);
	d = opendir(dir);
	if (!d)
		return false;
	while (!found && (e = readdir(d))) {
		char link[128];
		ssize_t n;

		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		n = readlink(path, link, sizeof(link) - 1);
		if (n < 0)
			continue;
		link[n] = '\0';
		if (strncmp(link, DAHDI_DEVICES "/", sizeof(DAHDI_DEVICES)))
			continue;
		found = !strcmp(link, DAHDI_DEVICES "/channel") ||
			(stat(path, &is) == 0 && st.st_rdev &&
			 is.st_rdev == st.st_rdev);
	}
	closedir(d);
	return found;
}

static void append(char *text, size_t size, const char *pid)
{
	char path[64], name[64] = "";
	size_t n = strlen(text);
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%.12s/comm", pid);
	f = fopen(path, "re");
	if (f) {
		if (fgets(name, sizeof(name), f))
			name[strcspn(name, "\n")] = '\0';
		fclose(f);
	}
	snprintf(text + n, size - n, "%s%s (process %.12s)", n ? " or " : "",
		 name[0] ? name : "a program", pid);
}

bool dahdi_holder(const char *address, char *who, size_t size)
{
	unsigned suspects = 0;
	DIR *d = opendir("/proc");
	struct dirent *e;

	*who = '\0';
	while (d && suspects < SUSPECTS && (e = readdir(d))) {
		if (e->d_name[0] < '1' || e->d_name[0] > '9' ||
		    atoi(e->d_name) == (int)getpid() ||
		    !holds(e->d_name, atoi(address)))
			continue;
		append(who, size, e->d_name);
		suspects++;
	}
	if (d)
		closedir(d);
	return suspects;
}

/* Whose the devices are, as udev's rules have it. */
static const char *group(void)
{
	struct stat st;
	struct group *g = stat(DAHDI_DEVICES "/channel", &st) || !st.st_gid ? NULL :
		getgrgid(st.st_gid);

	return g ? g->gr_name : "dialout";
}

void dahdi_why(int channel, int err, char *why, size_t size)
{
	char who[112], number[16];

	switch (err) {
	case -ENODATA:
		snprintf(why, size, "no tone zone is loaded, without which the kernel "
			 "neither rings nor dials; `tipring lines --setup` loads it, or "
			 "loadzone in /etc/dahdi/system.conf and dahdi_cfg");
		return;
	case -ENOENT: case -ENODEV:
		snprintf(why, size, "there is no DAHDI device (" DAHDI_DEVICES
			 "/channel); load the card's kernel module, then run dahdi_cfg");
		return;
	case -EACCES:
		snprintf(why, size, "no permission for " DAHDI_DEVICES
			 "; add the user that runs this to the group %s", group());
		return;
	case -EPERM:	/* the mode would allow it */
		snprintf(why, size, "this service may not use " DAHDI_DEVICES
			 "; its systemd unit needs DeviceAllow=char-196 rw");
		return;
	case -EBUSY:
		snprintf(number, sizeof(number), "%d", channel);
		if (!dahdi_holder(number, who, sizeof(who)))
			snprintf(who, sizeof(who), "another program, which "
				 "`sudo tipring lines --scan` names");
		snprintf(why, size, "channel %d is held by %s; stop it, or take the "
			 "channel from its configuration", channel, who);
		return;
	case -ENXIO: case -EINVAL:
		snprintf(why, size, "there is no channel %d; `tipring lines --scan` "
			 "lists those there are", channel);
		return;
	}
	snprintf(why, size, "channel %d does not open: %s", channel, strerror(-err));
}
