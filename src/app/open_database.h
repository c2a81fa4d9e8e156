#pragma once
// For commands that work on the database of an installation beside its server.
#include "app/config.h"
#include "db/database.h"

#include <filesystem>
#include <memory>

namespace sallyport::app {

/// Throws StartFailed, in words for the operator.
Config read_config_or_fail(const std::filesystem::path& file);
/// Where its tables are of this version; throws StartFailed.
std::unique_ptr<db::Database> open_as_it_is(const Config& config);

}  // namespace sallyport::app
