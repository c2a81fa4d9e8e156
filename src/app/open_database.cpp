#include "app/open_database.h"

#include "app/instance.h"
#include "db/open.h"

namespace sallyport::app {

Config read_config_or_fail(const std::filesystem::path& file)
{
    auto loaded = load_config(file);
    auto* const config = std::get_if<Config>(&loaded);
    if (config == nullptr) throw StartFailed(file.string() + " has mistakes: see `sallyport check-config`");
    return std::move(*config);
}

std::unique_ptr<db::Database> open_as_it_is(const Config& config)
{
    const auto location = db::parse_location(config.database);
    if (!location) throw StartFailed("database.location must be sqlite:PATH or postgres:CONNINFO");
    if (db::pending_migrations(*location) > 0)
        throw StartFailed("the database is not of this version: a start of the server migrates it");
    return db::open(*location);
}

}  // namespace sallyport::app
