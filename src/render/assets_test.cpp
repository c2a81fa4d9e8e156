#include "render/assets.h"

#include "base/check.h"
#include "render/qr.h"
#include "views/gallery_sign_in.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sallyport::render {
namespace {

constexpr std::size_t first_page_bytes_max = 10'000;  // gzip, ux.md G1
constexpr std::size_t script_bytes_max = 1500;        // gzip, ux.md section 4

/// What a program writes, without a shell; empty where it cannot be started.
std::string output_of(std::vector<std::string> words)
{
    int ends[2];
    if (::pipe(ends) != 0) return {};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    pid_t child = 0;
    const int failed = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string output;
    std::array<char, 512> some{};
    for (ssize_t n = 0; (n = ::read(ends[0], some.data(), some.size())) > 0;) {
        output.append(some.data(), static_cast<std::size_t>(n));
    }
    ::close(ends[0]);
    if (failed == 0) ::waitpid(child, nullptr, 0);
    return output;
}

TEST(Assets, AreFoundByNameAndPath)
{
    std::set<std::string_view> paths;
    for (const Asset& asset : all_assets()) {
        EXPECT_TRUE(paths.insert(asset.path).second) << asset.path;
        EXPECT_EQ(find_asset(asset.path), &asset);
        EXPECT_FALSE(asset.raw.empty()) << asset.path;
        EXPECT_TRUE(asset.etag.starts_with('"') && asset.etag.ends_with('"')) << asset.etag;
        if (asset.immutable())
            EXPECT_NE(asset.path.find(asset.etag.substr(1, asset.etag.size() - 2)), std::string_view::npos);
    }
    const Asset* style = find_asset(asset_path("base.css"));
    ASSERT_NE(style, nullptr);
    EXPECT_EQ(style->type, "text/css; charset=utf-8");
    EXPECT_NE(style->raw.find("prefers-color-scheme"), std::string_view::npos);
    EXPECT_TRUE(style->gzip.starts_with("\x1f\x8b"));
    EXPECT_LT(style->brotli.size(), style->raw.size());
    EXPECT_EQ(find_asset("/a/base.css"), nullptr);
    EXPECT_THROW(asset_path("none.css"), ProgrammingError);
    EXPECT_EQ(asset_path("favicon.ico"), "/favicon.ico");
    const Asset* manifest = find_asset(asset_path("app.webmanifest"));
    ASSERT_NE(manifest, nullptr);
    EXPECT_NE(manifest->raw.find(asset_path("icon-512.png")), std::string_view::npos);
}

/// #embed gives back each byte: PNG begins with one above 0x7F and ends with a known chunk (PNG 1.2,
/// section 3.4).
TEST(Assets, KeepEveryByte)
{
    const Asset* icon = find_asset(asset_path("icon-192.png"));
    ASSERT_NE(icon, nullptr);
    EXPECT_TRUE(icon->raw.starts_with("\x89PNG\r\n\x1a\n"));
    EXPECT_TRUE(icon->raw.ends_with("IEND\xae\x42\x60\x82"));
    std::ifstream file(SALLYPORT_ICONS "/icon-192.png", std::ios::binary);
    const std::string original{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(icon->raw, original);
}

TEST(Assets, ScriptsRunUnderThePolicy)
{
    for (const Asset& asset : all_assets()) {
        if (!asset.path.ends_with(".js")) continue;
        for (const char* sink : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                                 "new Function", "srcdoc"}) {
            EXPECT_EQ(asset.raw.find(sink), std::string_view::npos) << asset.path << " " << sink;
        }
        EXPECT_LE(asset.gzip.size(), script_bytes_max) << asset.path;
    }
}

TEST(Assets, TheFirstPageIsSmall)
{
    std::string page;
    write_html(views::GallerySignIn{}, Page{}, page);  // uncompressed counts as it is sent
    const std::size_t bytes = page.size() + find_asset(asset_path("base.css"))->gzip.size() +
                              find_asset(asset_path("forms.js"))->gzip.size();
    EXPECT_LE(bytes, first_page_bytes_max);
}

TEST(Qr, IsAnImageWithAName)
{
    const Svg svg = qr_code("otpauth://totp/A?secret=JBSWY3DPEHPK3PXP", "<Scan>");
    EXPECT_TRUE(svg.markup().starts_with("<svg class=\"qr\""));
    EXPECT_NE(svg.markup().find("role=\"img\""), std::string::npos);
    EXPECT_NE(svg.markup().find("<title>&lt;Scan&gt;</title>"), std::string::npos);
    EXPECT_EQ(svg.markup().find("JBSWY3DP"), std::string::npos);
    EXPECT_THROW(qr_code(std::string(qr_text_bytes_max + 1, 'a'), "x"), ProgrammingError);
}

/// The modules of the picture, read back by another program (zbarimg, Debian package zbar-tools).
TEST(Qr, IsReadByAnotherProgram)
{
    const std::string wanted =
        "otpauth://totp/Exchange:ada%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Exchange";
    const std::string markup = qr_code(wanted, "x").markup();
    int size = 0;
    ASSERT_EQ(std::sscanf(markup.c_str() + markup.find("viewBox"), "viewBox=\"0 0 %d", &size), 1);
    constexpr int scale = 4;
    const auto width = static_cast<std::size_t>(size * scale);
    std::string pixels(width * width, '\xff');
    for (std::size_t at = markup.find("#000"); (at = markup.find('M', at + 1)) != std::string::npos;) {
        int x = 0;
        int y = 0;
        int run = 0;
        ASSERT_EQ(std::sscanf(markup.c_str() + at, "M%d %dh%dv1", &x, &y, &run), 3);
        for (int row = y * scale; row < (y + 1) * scale; ++row) {
            for (int column = x * scale; column < (x + run) * scale; ++column) {
                pixels[static_cast<std::size_t>(row) * width + static_cast<std::size_t>(column)] = '\0';
            }
        }
    }
    const auto file =
        std::filesystem::temp_directory_path() / ("sallyport_qr_" + std::to_string(::getpid()) + ".pgm");
    std::ofstream(file, std::ios::binary) << "P5\n" << width << " " << width << "\n255\n" << pixels;
    const std::string answer = output_of({"zbarimg", "-q", "--raw", file.string()});
    std::filesystem::remove(file);
    EXPECT_EQ(answer, wanted + "\n");
}

}  // namespace
}  // namespace sallyport::render
