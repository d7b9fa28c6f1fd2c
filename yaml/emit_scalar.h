/* One scalar as YAML text: plain where that reads back the same, else in double quotes. */
#ifndef IG_YAML_EMIT_SCALAR_H
#define IG_YAML_EMIT_SCALAR_H

#include "yaml/yaml.h"

void ig_yaml_emit_scalar(const ig_yaml *scalar, bool is_key, ig_text *out);
/* Bytes it takes inside { } or [ ]; -1 when it would have to be written otherwise there. */
int ig_yaml_flow_width(const ig_yaml *scalar, bool is_key);

#endif
