#pragma once
// What a recovery kit is called on its sheet and on the account's pages, so that people can tell an old sheet
// from the one in force. It names, and proves nothing.
#include "base/ids.h"

#include <string>

namespace sallyport::proof {

/// "K-4F2A"
std::string kit_number(const KitId& kit);

}  // namespace sallyport::proof
