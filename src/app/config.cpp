#include "app/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace sallyport::app {

namespace {

using Problems = std::vector<ConfigProblem>;

/// Edit distance, for naming the key that was meant.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row[b.size()];
}

std::string nearest(std::string_view wrong, const std::vector<std::string>& right)
{
    const auto best =
        std::ranges::min_element(right, {}, [&](const std::string& key) { return distance(wrong, key); });
    return best == right.end() ? std::string() : *best;
}

/// Reads the keys of one [section] into members, and then complains about every key that was not asked for.
class Section {
public:
    Section(const toml::table& root, std::string name, Problems& problems)
        : m_name(std::move(name)), m_table(root[m_name].as_table()), m_problems(problems)
    {
        if (m_table == nullptr && root.contains(m_name))
            complain(root.get(m_name)->source(), "[" + m_name + "] must be a table");
    }

    Section& text(const std::string& key, std::string& into)
    {
        if (const toml::node* const node = find(key)) {
            if (const auto value = node->value_exact<std::string>())
                into = *value;
            else
                complain(node->source(), path(key) + " must be text in quotes");
        }
        return *this;
    }

    Section& one_of(const std::string& key, std::string& into, const std::vector<std::string>& allowed)
    {
        text(key, into);
        if (const toml::node* const node = find(key);
            node != nullptr && std::ranges::find(allowed, into) == allowed.end()) {
            complain(node->source(),
                     path(key) + " is \"" + into + "\"; did you mean \"" + nearest(into, allowed) + "\"?");
        }
        return *this;
    }

    Section& texts(const std::string& key, std::vector<std::string>& into)
    {
        const toml::node* const node = find(key);
        if (node == nullptr) return *this;
        const toml::array* const list = node->as_array();
        if (list == nullptr || !list->is_homogeneous(toml::node_type::string)) {
            complain(node->source(), path(key) + " must be a list of texts, like [\"a\", \"b\"]");
            return *this;
        }
        into.clear();
        for (const toml::node& entry : *list) into.push_back(*entry.value<std::string>());
        return *this;
    }

    Section& number(const std::string& key, std::int64_t& into, std::int64_t least, std::int64_t most)
    {
        const toml::node* const node = find(key);
        if (node == nullptr) return *this;
        const auto value = node->value_exact<std::int64_t>();
        if (!value)
            complain(node->source(), path(key) + " must be a whole number");
        else if (*value < least || *value > most)
            complain(node->source(), path(key) + " is " + std::to_string(*value) + "; allowed is " +
                                         std::to_string(least) + " to " + std::to_string(most));
        else
            into = *value;
        return *this;
    }

    Section& flag(const std::string& key, bool& into)
    {
        if (const toml::node* const node = find(key)) {
            if (const auto value = node->value_exact<bool>())
                into = *value;
            else
                complain(node->source(), path(key) + " must be true or false");
        }
        return *this;
    }

    Section& file(const std::string& key, std::filesystem::path& into, const std::filesystem::path& folder)
    {
        std::string name = into.string();
        text(key, name);
        into = name.empty() ? std::filesystem::path() : folder / name;
        return *this;
    }

    void end()
    {
        if (m_table == nullptr) return;
        for (const auto& [key, node] : *m_table) {
            const std::string name(key.str());
            if (std::ranges::find(m_known, name) == m_known.end())
                complain(node.source(), "unknown key " + path(name) + "; did you mean " +
                                            path(nearest(name, m_known)) + "?");
        }
    }

private:
    const toml::node* find(const std::string& key)
    {
        if (std::ranges::find(m_known, key) == m_known.end()) m_known.push_back(key);
        return m_table == nullptr ? nullptr : m_table->get(key);
    }
    std::string path(const std::string& key) const { return m_name + "." + key; }
    void complain(const toml::source_region& where, std::string text)
    {
        m_problems.push_back({static_cast<std::int64_t>(where.begin.line), std::move(text)});
    }

    std::string m_name;
    const toml::table* m_table;
    Problems& m_problems;
    std::vector<std::string> m_known;
};

void check_url(const std::string& name, const std::string& url, Problems& problems)
{
    const bool scheme = url.starts_with("https://") || url.starts_with("http://");
    const std::string host = scheme ? host_of_url(url) : std::string();
    if (host.empty() || url.substr(url.find("://") + 3).find_first_of("/?#@ ") != std::string::npos)
        problems.push_back({0, name + " must be an origin such as https://accounts.example, without a path"});
}

void check_sections(const toml::table& root, Problems& problems)
{
    const std::vector<std::string> sections{"public", "listen", "database",  "keys",
                                            "brand",  "mail",   "passwords", "sessions"};
    for (const auto& [key, node] : root) {
        const std::string name(key.str());
        if (std::ranges::find(sections, name) == sections.end())
            problems.push_back(
                {static_cast<std::int64_t>(node.source().begin.line),
                 "unknown section [" + name + "]; did you mean [" + nearest(name, sections) + "]?"});
    }
}

Config read_sections(const toml::table& root, const std::filesystem::path& folder, Problems& problems)
{
    Config c;
    Section(root, "public", problems)
        .text("url", c.public_url)
        .texts("allowed_hosts", c.allowed_hosts)
        .text("rp_id", c.rp_id)
        .text("app_prefix", c.app_prefix)
        .end();
    Section(root, "listen", problems)
        .text("public", c.listen)
        .text("private", c.private_listen)
        .texts("trusted_proxies", c.trusted_proxies)
        .number("event_loops", c.event_loops, 0, 256)
        .end();
    Section(root, "database", problems).text("location", c.database).end();
    Section(root, "keys", problems).file("file", c.key_file, folder).end();
    Section(root, "brand", problems)
        .text("name", c.brand)
        .texts("other_names", c.brand_names)
        .text("support_address", c.support_address)
        .end();
    Section(root, "mail", problems)
        .text("from_name", c.mail_from_name)
        .text("from", c.mail_from)
        .text("relay", c.relay)
        .one_of("relay_tls", c.relay_tls, {"required", "optional", "none"})
        .text("relay_user", c.relay_user)
        .file("relay_password_file", c.relay_password_file, folder)
        .file("relay_ca_file", c.relay_ca_file, folder)
        .end();
    Section(root, "passwords", problems)
        .number("hash_memory_kib", c.hash_memory_kib, 19456, 1048576)
        .number("hash_passes", c.hash_passes, 1, 20)
        .number("hash_workers", c.hash_workers, 1, 64)
        .number("hash_queue_max", c.hash_queue_max, 1, 4096)
        .text("range_service", c.range_service)
        .flag("second_factor_mandatory", c.second_factor_mandatory)
        .end();
    Section(root, "sessions", problems)
        .number("overall_seconds", c.session_overall_seconds, 900, 24 * 3600)
        .number("idle_seconds", c.session_idle_seconds, 300, 3600)
        .end();
    return c;
}

}  // namespace

std::string host_of_url(std::string_view url)
{
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    std::string_view host = url.substr(scheme + 3);
    const std::string_view standard_port = url.starts_with("https") ? ":443" : ":80";
    if (host.ends_with(standard_port)) host.remove_suffix(standard_port.size());
    return std::string(host);
}

std::variant<Config, Problems> parse_config(std::string_view text, const std::filesystem::path& folder)
{
    Problems problems;
    toml::table root;
    try {
        root = toml::parse(text);
    } catch (const toml::parse_error& error) {
        return Problems{
            {static_cast<std::int64_t>(error.source().begin.line), std::string(error.description())}};
    }
    check_sections(root, problems);
    Config config = read_sections(root, folder, problems);
    check_url("public.url", config.public_url, problems);
    if (!config.app_prefix.starts_with('/') || !config.app_prefix.ends_with('/') || config.app_prefix == "/")
        problems.push_back({0, "public.app_prefix must be a path like /app/"});
    if (config.session_idle_seconds > config.session_overall_seconds)
        problems.push_back({0, "sessions.idle_seconds must not be longer than sessions.overall_seconds"});
    if (config.allowed_hosts.empty()) config.allowed_hosts.push_back(host_of_url(config.public_url));
    constexpr std::string_view sqlite = "sqlite:";
    if (config.database.starts_with(sqlite))
        config.database = std::string(sqlite) + (folder / config.database.substr(sqlite.size())).string();
    std::ranges::sort(problems, [](const ConfigProblem& a, const ConfigProblem& b) {
        return std::tie(a.line, a.text) < std::tie(b.line, b.text);
    });
    if (!problems.empty()) return problems;
    return config;
}

std::variant<Config, Problems> load_config(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) return Problems{{0, "cannot be read (does it exist, and may this user read it?)"}};
    std::ostringstream text;
    text << in.rdbuf();
    return parse_config(text.str(), std::filesystem::absolute(file).parent_path());
}

}  // namespace sallyport::app
