/** @file ingot.h
 *  The whole public API. */
#ifndef INGOT_INGOT_H
#define INGOT_INGOT_H

#include "ingot/base.h"
#include "ingot/device.h"
#include "ingot/graph.h"
#include "ingot/image.h"
#include "ingot/plan.h"
#include "ingot/probe.h"
#include "ingot/session.h"
#include "ingot/stream.h"
#include "ingot/tune.h"
#include "ingot/tuner.h"

#endif
