#include "base/hash.h"

uint32_t ig_hash_fnv32(const char *text)
{
    uint32_t hash = UINT32_C(2166136261);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT32_C(16777619);
    return hash;
}

uint64_t ig_hash_fnv64(uint64_t seed, const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < length; i++)
        seed = (seed ^ byte[i]) * UINT64_C(1099511628211);
    return seed;
}

double ig_hash_uniform(uint32_t seed, uint32_t index)
{
    uint32_t s = seed + index * UINT32_C(0x9E3779B9);
    s = (s ^ (s >> 16)) * UINT32_C(0x85EBCA6B);
    s = (s ^ (s >> 13)) * UINT32_C(0xC2B2AE35);
    s ^= s >> 16;
    return (double)s / 4294967296.0;
}
