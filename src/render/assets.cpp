#include "render/assets.h"

#include "base/check.h"

namespace sallyport::render {

const Asset* find_asset(std::string_view path)
{
    for (const Asset& asset : all_assets()) {  // some twenty: a map would not be quicker
        if (asset.path == path) return &asset;
    }
    return nullptr;
}

std::string_view asset_path(std::string_view name)
{
    const std::size_t dot = name.rfind('.');
    for (const Asset& asset : all_assets()) {
        const std::string_view file = asset.path.substr(asset.path.rfind('/') + 1);
        if (file == name) return asset.path;
        const std::string_view stem = file.substr(0, file.find('.'));
        if (dot != std::string_view::npos && stem == name.substr(0, dot) && file.ends_with(name.substr(dot)))
            return asset.path;
    }
    constexpr bool there_is_an_asset_of_this_name = false;
    CHECK(there_is_an_asset_of_this_name);
    return {};
}

}  // namespace sallyport::render
