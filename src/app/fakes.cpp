// `sallyport fakes`: what people reported, for whoever looks into it. Forgers wrote what stands there:
// nothing of it reaches a terminal unescaped, and files are written under names of our own.
#include "adapters/system_random.h"
#include "app/commands.h"
#include "app/instance.h"
#include "app/open_database.h"
#include "base/log.h"
#include "crypto/key_file.h"
#include "http/problem.h"
#include "slices/messages/report_fake.h"
#include "store/fake_reports.h"

#include <fcntl.h>
#include <iostream>
#include <unistd.h>

namespace sallyport::app {

namespace {

using policy::fake_reports::Finding;

constexpr std::int64_t listed_max = 200;
constexpr int wrong = 1;

std::string_view name_of(store::FakeNameKind kind)
{
    return kind == store::FakeNameKind::host ? "host" : "sender";
}

std::string_view name_of(Finding finding)
{
    switch (finding) {
    case Finding::none: break;
    case Finding::fake: return "a fake";
    case Finding::genuine: return "from us";
    }
    return "not looked at yet";
}

/// Control characters as \xNN, so that no report writes to the terminal (or moves its cursor); lines stay.
std::string harmless(std::string_view text)
{
    constexpr std::string_view hex = "0123456789abcdef";
    constexpr unsigned char delete_character = 0x7f;
    constexpr unsigned char c1_begin = 0x80, c1_end = 0xa0;  // after 0xc2: U+0080 to U+009F
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool c1 = byte == 0xc2 && i + 1 < text.size() &&
                        static_cast<unsigned char>(text[i + 1]) >= c1_begin &&
                        static_cast<unsigned char>(text[i + 1]) < c1_end;
        const bool control = (byte < ' ' && byte != '\n' && byte != '\t') || byte == delete_character;
        if (!control && !c1) {
            out += text[i];
            continue;
        }
        out += "\\x";
        out += hex[byte >> 4];
        out += hex[byte & 15];
    }
    return out;
}

std::string minute(Instant at)
{
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::minutes>(at - day));
    const auto two = [](std::int64_t value) {
        const std::string digits = std::to_string(value);
        return digits.size() < 2 ? "0" + digits : digits;
    };
    return std::to_string(static_cast<int>(date.year())) + "-" + two(static_cast<unsigned>(date.month())) +
           "-" + two(static_cast<unsigned>(date.day())) + " " + two(time.hours().count()) + ":" +
           two(time.minutes().count()) + " UTC";
}

void print_json(const std::vector<store::FakeCluster>& clusters)
{
    std::string out = "[";
    for (const store::FakeCluster& one : clusters) {
        if (out.size() > 1) out += ',';
        out.append("{\"kind\":\"").append(name_of(one.kind)).append("\",\"name\":");
        http::append_json_string(out, harmless(one.cluster));
        out += ",\"reports\":" + std::to_string(one.reports) +
               ",\"networks\":" + std::to_string(one.networks) +
               ",\"first_unix_ms\":" + std::to_string(to_unix_ms(one.first)) +
               ",\"last_unix_ms\":" + std::to_string(to_unix_ms(one.last)) + "}";
    }
    std::cout << out << "]\n";
}

/// A file of 0600 that was not there before.
void write_new(const std::filesystem::path& file, std::string_view bytes)
{
    constexpr mode_t owner_only = 0600;
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, owner_only);
    if (descriptor < 0) throw StartFailed("cannot write " + file.string() + ": it is there already?");
    std::size_t written = 0;
    while (written < bytes.size()) {
        const ssize_t now = ::write(descriptor, bytes.data() + written, bytes.size() - written);
        if (now <= 0) break;
        written += static_cast<std::size_t>(now);
    }
    if (::close(descriptor) != 0 || written < bytes.size())
        throw StartFailed("cannot write " + file.string());
    std::cout << "written: " << file.string() << '\n';
}

/// The keys of an installation, as long as a command runs.
struct HeldKeys {
    explicit HeldKeys(const Config& config) : ring(load(config)) {}
    static crypto::KeyRing load(const Config& config)
    {
        auto loaded = crypto::KeyRing::load(config.key_file.string());
        if (!loaded) throw StartFailed(loaded.error().message);
        return std::move(*loaded);
    }
    adapters::SystemRandom random;
    crypto::KeyRing ring;
    crypto::Sealer sealer{ring, random};
    crypto::RowAuthenticator rows{ring};
    crypto::IndexKey index{ring};
    store::Keys keys{sealer, rows, index};
};

void print_names(const std::vector<store::FakeName>& names)
{
    for (const store::FakeName& one : names)
        std::cout << "  " << name_of(one.kind) << ' ' << harmless(one.name) << '\n';
}

void show_report(const Config& config, const store::FakeReport& report,
                 const std::vector<store::FakeName>& names, const std::string& folder)
{
    const HeldKeys held(config);
    const std::string shown = messages::shown_reference(report.reference);
    std::cout << shown << ", " << minute(report.made_at) << ", by " << report.channel << ", "
              << name_of(report.finding) << '\n';
    if (!report.given.empty()) std::cout << "given away: " << report.given << '\n';
    if (report.signed_by_us) std::cout << "a mail in it bears a whole signature of ours\n";
    print_names(names);
    const auto content = report.content.empty()
                             ? std::nullopt
                             : messages::content_of_fake(held.keys, report.reference, report.content);
    if (!content && report.picture.empty()) std::cout << "its text and picture are not kept\n";
    if (content && !content->where.empty()) std::cout << "from: " << harmless(content->where) << '\n';
    if (content && folder.empty()) std::cout << '\n' << harmless(content->text) << '\n';
    if (folder.empty()) return;
    if (content) write_new(std::filesystem::path(folder) / (shown + ".txt"), content->text);
    const auto picture =
        report.picture.empty()
            ? std::nullopt
            : store::opened_fake(held.keys, report.reference, store::FakePart::picture, report.picture);
    if (!picture) return;
    const std::string_view bytes = picture->reveal_text();
    write_new(std::filesystem::path(folder) / (shown + "." + std::string(messages::picture_type(bytes))),
              bytes);
}

}  // namespace

int run_list_fakes(const std::filesystem::path& config, int days, bool json)
{
    const auto database = open_as_it_is(read_config_or_fail(config));
    const Instant since = make_clock()->now() - std::chrono::days{days};
    auto work = [since](db::Tx& tx) { return store::fake_clusters(tx, since, listed_max); };
    const auto clusters = sync_wait(database->transact(work));
    if (json) {
        print_json(clusters);
        return 0;
    }
    if (clusters.empty()) std::cout << "nothing was reported\n";
    for (const store::FakeCluster& one : clusters)
        std::cout << name_of(one.kind) << ' ' << harmless(one.cluster) << ": " << one.reports
                  << " reports from " << one.networks << " networks, " << minute(one.first) << " to "
                  << minute(one.last) << '\n';
    return 0;
}

int run_show_fakes(const std::filesystem::path& config, const std::string& what, const std::string& folder)
{
    const Config read = read_config_or_fail(config);
    const auto database = open_as_it_is(read);
    if (const auto reference = messages::typed_reference(what)) {
        std::vector<store::FakeName> names;
        auto work = [&](db::Tx& tx) {
            names = store::names_of_fake(tx, *reference);
            return store::find_fake_report(tx, *reference);
        };
        if (const auto report = sync_wait(database->transact(work))) {
            show_report(read, *report, names, folder);
            return 0;
        }
    }
    std::vector<store::FakeName> names;
    auto work = [&](db::Tx& tx) {
        names = store::names_in(tx, what, listed_max);
        return store::fakes_in(tx, what, listed_max);
    };
    const auto references = sync_wait(database->transact(work));
    if (references.empty()) {
        std::cerr << "sallyport: no report of " << harmless(what) << '\n';
        return wrong;
    }
    print_names(names);
    for (const std::string& one : references) std::cout << messages::shown_reference(one) << '\n';
    return 0;
}

int run_answer_fake(const std::filesystem::path& config, const std::string& reference, bool fake)
{
    const auto database = open_as_it_is(read_config_or_fail(config));
    const auto typed = messages::typed_reference(reference);
    auto work = [&](db::Tx& tx) {
        return typed && store::put_finding(tx, *typed, fake ? Finding::fake : Finding::genuine);
    };
    if (!sync_wait(database->transact(work))) {
        std::cerr << "sallyport: there is no such report, or it has an answer\n";
        return wrong;
    }
    std::cout << "noted\n";
    return 0;
}

}  // namespace sallyport::app
