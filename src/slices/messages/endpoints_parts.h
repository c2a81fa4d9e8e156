#pragma once
// The parts of this room's routes for people; endpoints_verify.cpp adds them all.
#include "access/visitor.h"
#include "http/router.h"
#include "slices/messages/official_names.h"

namespace sallyport::messages {

void add_ledger(http::Router& router, const access::Access& access);

}  // namespace sallyport::messages
