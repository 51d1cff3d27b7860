/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views as text. What a whole terminal shows is in tests/screen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "scene.h"

int main(void)
{
	return 0;
}
