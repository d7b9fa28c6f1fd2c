#include "base/locale.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

/* "C" is built into every libc, so this costs no allocation; should it fail, the current locale stays. */
static locale_t enter_c_locale(locale_t *previous)
{
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c_locale)
        *previous = uselocale(c_locale);
    return c_locale;
}

static void leave_c_locale(locale_t c_locale, locale_t previous)
{
    if (!c_locale)
        return;
    uselocale(previous);
    freelocale(c_locale);
}

int ig_locale_vsnprintf(char *buffer, size_t size, const char *format, va_list args)
{
    locale_t previous = (locale_t)0;
    locale_t c_locale = enter_c_locale(&previous);
    int length = vsnprintf(buffer, size, format, args);
    leave_c_locale(c_locale, previous);
    return length;
}

double ig_locale_strtod(const char *text, char **end)
{
    locale_t previous = (locale_t)0;
    locale_t c_locale = enter_c_locale(&previous);
    double value = strtod(text, end);
    leave_c_locale(c_locale, previous);
    return value;
}
