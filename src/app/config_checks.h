#pragma once
// What one key of the configuration alone does not tell: values that must fit each other, and the form of
// names and addresses.
#include "app/config.h"

namespace sallyport::app {

using Problems = std::vector<ConfigProblem>;

void check_whole(const Config& config, Problems& problems);

/// The host of an origin, without its port.
std::string host_name_of_url(std::string_view url);

}  // namespace sallyport::app
