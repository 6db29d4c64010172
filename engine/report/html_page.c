/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bundled page, assembled into the program as it lies in the build folder;
 * nothing where node and npm were not there to bundle it.
 */
#include "report/html_private.h"

#ifdef PAGE_FILE

__asm__(".pushsection .rodata\n"
        "html_page_begin:\n"
        ".incbin \"" PAGE_FILE "\"\n"
        "html_page_end:\n"
        ".popsection\n");
extern const char html_page_begin[] __attribute__((visibility("hidden")));
extern const char html_page_end[] __attribute__((visibility("hidden")));

struct text html_page(void)
{
	return (struct text){html_page_begin, (uint32_t)(html_page_end - html_page_begin)};
}

#define ABSENT NULL

#else

struct text html_page(void)
{
	return (struct text){0};
}

#define ABSENT "is not in this build: install nodejs and npm, run cmake again and build"

#endif

const struct report_kind report_kind_html = {
        .name = "html",
        .file = "report.html",
        .absent = ABSENT,
        .is_default = true,
        .write = html_write,
};
