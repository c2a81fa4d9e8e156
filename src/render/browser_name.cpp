#include "render/browser_name.h"

#include "render/messages.h"

namespace sallyport::render {

std::string browser_name(const Reader& reader, const std::string& stored)
{
    return stored == "?" ? text(reader, Msg::common_browser_unknown) : stored;
}

}  // namespace sallyport::render
