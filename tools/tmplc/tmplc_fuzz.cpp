// Any text is either a template or a BuildError; what is accepted becomes C++ without a crash.
#include "generate.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tmplc;
    const std::string text(reinterpret_cast<const char*>(data), size);
    static const Template frame =
        parse("{% frame Page %}\nhost: text\n{% end %}\n{{ content }}", "layout.html");
    static const Catalogue catalogue{{"a.b", MessageInfo{}}};
    static const std::map<std::string, std::string> assets{{"a.js", "/a/a.js"}};
    World world;
    world.catalogue = &catalogue;
    world.assets = &assets;
    world.open = [](const std::string& name, const Place& place) -> const Template& {
        if (name != "layout.html") throw BuildError(place, "no file");
        return frame;
    };
    try {
        generate_page(world, parse(text, "n.html"), "n");
    } catch (const BuildError&) {
    }
    try {
        read_flat_json(text, "n.json");
    } catch (const BuildError&) {
    }
    return 0;
}
