/* Libraries keep programs for the whole process, so who uses them has to be counted for it, too: the only thing here
 * that devices share. */
#include "cl/internal.h"

#include <pthread.h>

static const struct {
    int (*set_up)(void); /* a code of the library, 0 for success; or NULL */
    void (*clear)(void);
} LIBRARIES[IG_LIBRARY_COUNT] = {
    [IG_LIBRARY_CLBLAST] = {NULL, ig_cl_clear_clblast},
    [IG_LIBRARY_CLFFT] = {ig_cl_set_up_clfft, ig_cl_clear_clfft},
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int users[IG_LIBRARY_COUNT];

int ig_cl_use_library(ig_device *device, ig_library library)
{
    if (device->uses[library])
        return 0;
    pthread_mutex_lock(&lock);
    const int code = users[library] == 0 && LIBRARIES[library].set_up ? LIBRARIES[library].set_up() : 0;
    device->uses[library] = code == 0;
    users[library] += code == 0;
    pthread_mutex_unlock(&lock);
    return code;
}

void ig_cl_leave_libraries(ig_device *device)
{
    pthread_mutex_lock(&lock);
    for (int i = 0; i < IG_LIBRARY_COUNT; i++)
        if (device->uses[i] && --users[i] == 0)
            LIBRARIES[i].clear();
    pthread_mutex_unlock(&lock);
}
