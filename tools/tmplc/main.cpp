// tmplc: templates and messages to C++. Files are written only where they change, so that little is compiled
// again.
#include "catalogue.h"
#include "generate.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace tmplc {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) throw BuildError({path.string(), 1}, "cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& text)
{
    std::error_code error;
    if (fs::exists(path, error) && read_file(path) == text) return;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

/// Files of web/templates by their name below it, parsed once.
class Files {
public:
    explicit Files(fs::path root) : m_root(std::move(root)) {}
    const Template& open(const std::string& name, const Place& place)
    {
        if (const auto found = m_parsed.find(name); found != m_parsed.end()) return found->second;
        if (name.find("..") != std::string::npos || !fs::is_regular_file(m_root / name))
            throw BuildError(place, "no file " + name);
        return m_parsed.emplace(name, parse(read_file(m_root / name), "web/templates/" + name)).first->second;
    }

private:
    fs::path m_root;
    std::map<std::string, Template> m_parsed;
};

std::map<std::string, std::string> read_assets(const fs::path& path)
{
    std::map<std::string, std::string> assets;
    std::istringstream lines(read_file(path));
    std::string name;
    std::string address;
    while (lines >> name >> address) assets[name] = address;
    return assets;
}

const char* const frames_header =
    "// Made by tmplc: the halves of the layouts.\n#pragma once\n#include \"render/page.h\"\n\nnamespace "
    "sallyport::render {\n\n"
    "void begin_page(const Page& page, std::string_view title, const Problems& problems, std::string& out);\n"
    "void end_page(const Page& page, std::string_view title, const Problems& problems, std::string& out);\n"
    "void begin_mail_html(const Letter& page, std::string_view title, std::string& out);\n"
    "void end_mail_html(const Letter& page, std::string_view title, std::string& out);\n"
    "void begin_mail_text(const Letter& page, std::string_view title, std::string& out);\n"
    "void end_mail_text(const Letter& page, std::string_view title, std::string& out);\n\n}  // namespace "
    "sallyport::render\n";

void run(const fs::path& templates, const fs::path& locales, const fs::path& assets_file, const fs::path& out,
         const std::vector<std::string>& names)
{
    const Catalogue catalogue = read_catalogue(locales);
    write_file(out / "render/messages.h", messages_header(catalogue));
    write_file(out / "render/messages.cpp", messages_source(catalogue));
    const auto assets = read_assets(assets_file);
    Files files(templates);
    World world;
    world.catalogue = &catalogue;
    world.assets = &assets;
    world.open = [&](const std::string& name, const Place& place) -> const Template& {
        return files.open(name, place);
    };
    std::map<std::string, std::string> seen;  // view -> file
    for (const std::string& name : names) {
        const Template& view = files.open(name, {name, 1});
        const std::string stem = fs::path(name).stem().string();
        if (!seen.emplace(view.record.name, name).second)
            throw BuildError({name, 1},
                             "view " + view.record.name + " is already in " + seen[view.record.name]);
        const bool mail = name.starts_with("mail/");
        if (!seen.emplace((mail ? "mail/" : "") + stem, name).second)
            throw BuildError({name, 1}, "another template is also called " + stem);
        const Source made =
            mail ? generate_mail(world, view, files.open("mail/" + stem + ".txt", {name, 1}), stem)
                 : generate_page(world, view, stem);
        write_file(out / "views" / (mail ? "mail" : "") / (stem + ".h"), made.header);
        write_file(out / "views" / (mail ? "mail" : "") / (stem + ".cpp"), made.source);
    }
    const Place top{"web/templates", 1};
    write_file(out / "views/frames.h", frames_header);
    write_file(out / "views/frames.cpp",
               generate_frames(world, files.open("layout.html", top), files.open("mail/layout.html", top),
                               files.open("mail/layout.txt", top)));
}

}  // namespace
}  // namespace tmplc

int main(int argc, char** argv)
{
    if (argc < 5) {
        std::fputs("usage: tmplc TEMPLATES LOCALES ASSETS OUT [VIEW…]\n", stderr);
        return 2;
    }
    try {
        tmplc::run(argv[1], argv[2], argv[3], argv[4], {argv + 5, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
