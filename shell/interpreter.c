/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "interpreter.h"

#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "kboot/base/cleanup.h"

enum { HEAD_BYTES = 256, MAX_PHDRS = 64 };

/* The name ends at a blank, a line end, a NUL, or with the buffer. */
static bool keep_name(char *buf)
{
	buf[strcspn(buf, " \t\r\n")] = '\0';
	for (char *c = buf; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f) {
			*c = '?';
		}
	}
	return buf[0] != '\0';
}

static bool read_at(int fd, uint64_t offset, void *buf, size_t len)
{
	return offset <= INT64_MAX && pread(fd, buf, len, (off_t)offset) == (ssize_t)len;
}

/* "#! /bin/sh -e" */
static bool of_script(const char *head, size_t len, char *buf, size_t size)
{
	size_t at = 2;

	while (at < len && (head[at] == ' ' || head[at] == '\t')) {
		at++;
	}
	len = len - at < size - 1 ? len - at : size - 1;
	memcpy(buf, head + at, len);
	buf[len] = '\0';
	return keep_name(buf);
}

static bool read_name(int fd, uint64_t offset, uint64_t bytes, char *buf, size_t size)
{
	size_t len = bytes < size - 1 ? (size_t)bytes : size - 1;

	if (!read_at(fd, offset, buf, len)) {
		return false;
	}
	buf[len] = '\0';
	return keep_name(buf);
}

static bool of_elf_64(int fd, char *buf, size_t size)
{
	Elf64_Ehdr header;
	Elf64_Phdr phdr;

	if (!read_at(fd, 0, &header, sizeof(header)) || header.e_phnum > MAX_PHDRS) {
		return false;
	}
	for (unsigned i = 0; i < header.e_phnum; i++) {
		if (header.e_phoff > INT64_MAX / 2 ||
		    !read_at(fd, header.e_phoff + (uint64_t)i * header.e_phentsize, &phdr,
			     sizeof(phdr))) {
			return false;
		}
		if (phdr.p_type == PT_INTERP) {
			return read_name(fd, phdr.p_offset, phdr.p_filesz, buf, size);
		}
	}
	return false;
}

static bool of_elf_32(int fd, char *buf, size_t size)
{
	Elf32_Ehdr header;
	Elf32_Phdr phdr;

	if (!read_at(fd, 0, &header, sizeof(header)) || header.e_phnum > MAX_PHDRS) {
		return false;
	}
	for (unsigned i = 0; i < header.e_phnum; i++) {
		if (!read_at(fd, (uint64_t)header.e_phoff + (uint64_t)i * header.e_phentsize, &phdr,
			     sizeof(phdr))) {
			return false;
		}
		if (phdr.p_type == PT_INTERP) {
			return read_name(fd, phdr.p_offset, phdr.p_filesz, buf, size);
		}
	}
	return false;
}

bool kb_interpreter_of(const char *path, char *buf, size_t size)
{
	KB_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char head[HEAD_BYTES];
	ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof(head), 0);

	if (n > 2 && memcmp(head, "#!", 2) == 0) {
		return of_script(head, (size_t)n, buf, size);
	}
	if (n < EI_NIDENT || memcmp(head, ELFMAG, SELFMAG) != 0) {
		return false;
	}
	return head[EI_CLASS] == ELFCLASS64 ? of_elf_64(fd, buf, size) : of_elf_32(fd, buf, size);
}
