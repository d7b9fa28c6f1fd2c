/* Printing and reading numbers in the C locale whatever the application has set: files must not depend on it. */
#ifndef IG_BASE_LOCALE_H
#define IG_BASE_LOCALE_H

#include "ingot/base.h"

#include <stdarg.h>

/* As vsnprintf and strtod, with '.' as the decimal point; only the calling thread is affected, and only meanwhile. */
int ig_locale_vsnprintf(char *buffer, size_t size, const char *format, va_list args) IG_PRINTF(3, 0);
double ig_locale_strtod(const char *text, char **end);

#endif
