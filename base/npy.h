/* The dictionary at the head of a .npy file: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } */
#ifndef IG_BASE_NPY_H
#define IG_BASE_NPY_H

#include "ingot/base.h"

/* Parses `length` bytes of header text; only C-order little-endian float32 passes. */
ig_status ig_npy_parse_header(const char *text, size_t length, ig_shape *out, ig_error *error) IG_MUST_USE;

#endif
