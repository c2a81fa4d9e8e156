#include "crypto/key_file.h"

#include "base/check.h"
#include "base/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

namespace sallyport::crypto {

namespace {

constexpr std::size_t file_bytes_max = 64UL * 1024;
constexpr mode_t others_mask = 077;
constexpr mode_t file_mode = 0600;

class File {
public:
    explicit File(int descriptor) noexcept : m_descriptor(descriptor) {}
    ~File()
    {
        if (m_descriptor >= 0) ::close(m_descriptor);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int get() const noexcept { return m_descriptor; }
    [[nodiscard]] bool is_open() const noexcept { return m_descriptor >= 0; }

private:
    int m_descriptor;
};

auto refuse(KeyFileError::Kind kind, const std::string& path, const std::string& why)
{
    return failure(KeyFileError{kind, "key file " + path + ": " + why});
}

std::string octal(mode_t mode)
{
    std::string text = "0";
    for (const unsigned shift : {6U, 3U, 0U}) text += static_cast<char>('0' + ((mode >> shift) & 7U));
    return text;
}

std::optional<KeyName> name_from(std::string_view text)
{
    for (const KeyName name : all_key_names) {
        if (to_text(name) == text) return name;
    }
    return std::nullopt;
}

std::optional<KeyId> id_from(std::string_view text)
{
    KeyId id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size() || id == 0 || text.front() == '0')
        return std::nullopt;
    return id;
}

bool write_all(int descriptor, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// The new name is durable only once the folder is.
bool sync_folder_of(const std::string& path)
{
    const std::size_t slash = path.rfind('/');
    std::string folder = ".";
    if (slash != std::string::npos) folder = slash == 0 ? "/" : path.substr(0, slash);
    const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return opened.is_open() && ::fsync(opened.get()) == 0;
}

}  // namespace

std::string_view to_text(KeyName name) noexcept
{
    switch (name) {
    case KeyName::pepper: return "pepper";
    case KeyName::seal: return "seal";
    case KeyName::mac: return "mac";
    case KeyName::index: return "index";
    case KeyName::jws: return "jws";
    }
    return "";
}

Result<KeyRing, KeyFileError> KeyRing::load(const std::string& path)
{
    using Kind = KeyFileError::Kind;
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open()) {
        if (errno == ENOENT) return refuse(Kind::missing, path, "it does not exist");
        return refuse(Kind::unreadable, path, std::string("it cannot be opened: ") + std::strerror(errno));
    }
    struct stat about{};
    if (::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
        return refuse(Kind::unreadable, path, "it is not a regular file");
    }
    if (about.st_uid != ::geteuid() && about.st_uid != 0) {
        return refuse(Kind::wrong_owner, path,
                      "it belongs to user " + std::to_string(about.st_uid) +
                          "; it must belong to the user that runs "
                          "Sallyport (" +
                          std::to_string(::geteuid()) + ") or to root");
    }
    if ((about.st_mode & others_mask) != 0) {
        return refuse(Kind::too_open, path,
                      "group or others may touch it (mode " + octal(about.st_mode) + "); run: chmod 600 " +
                          path);
    }
    Bytes room(file_bytes_max + 1);
    std::size_t size = 0;
    while (size < room.size()) {
        const ssize_t got = ::read(file.get(), room.data() + size, room.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            return refuse(Kind::unreadable, path, std::string("it cannot be read: ") + std::strerror(errno));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    const Secret content(std::move(room));
    if (size > file_bytes_max) return refuse(Kind::malformed, path, "it is larger than 64 KiB");
    return parse(content.reveal_text().substr(0, size), path);
}

Result<KeyRing, KeyFileError> KeyRing::parse(std::string_view content, std::string_view path)
{
    KeyRing ring;
    std::size_t number = 0;
    while (!content.empty()) {
        ++number;
        const std::size_t end = content.find('\n');
        const std::string problem = ring.read_line(trim(content.substr(0, end)));
        if (!problem.empty()) {
            return refuse(KeyFileError::Kind::malformed, std::string(path),
                          "line " + std::to_string(number) + ": " + problem);
        }
        content = end == std::string_view::npos ? std::string_view{} : content.substr(end + 1);
    }
    const std::string missing = ring.missing_part();
    if (!missing.empty()) return refuse(KeyFileError::Kind::malformed, std::string(path), missing);
    return ring;
}

/// What is wrong with the line, or nothing. The line itself is never repeated: it may hold a key.
std::string KeyRing::read_line(std::string_view line)
{
    if (line.empty() || line.front() == '#') return {};
    const std::size_t equals = line.find('=');
    const std::string_view left = trim(line.substr(0, equals));
    const std::size_t dot = left.find('.');
    if (equals == std::string_view::npos || dot == std::string_view::npos) {
        return "expected `name.id = key` or `name.current = id`";
    }
    const auto name = name_from(left.substr(0, dot));
    if (!name) return "unknown name; the names are pepper, seal, mac, index and jws";
    const std::string_view part = left.substr(dot + 1);
    const std::string_view right = trim(line.substr(equals + 1));
    if (part == "current") {
        const auto id = id_from(right);
        if (!id) return "current is not the id of a key (1 to 65535)";
        if (of(*name).current != 0) return "current is said twice for " + std::string(to_text(*name));
        of(*name).current = *id;
        return {};
    }
    const auto id = part.empty() ? std::nullopt : id_from(part);
    if (!id) return "the id is not a number from 1 to 65535";
    auto decoded = from_base64url(right);
    if (!decoded) return "the key is not base64url without padding";
    Secret key(std::move(*decoded));
    if (key.size() != key_bytes) return "the key is not 32 bytes (43 characters of base64url)";
    for (const Name& other : m_names) {
        for (const auto& [other_id, other_key] : other.keys) {
            if (equal_constant_time(other_key.reveal(), key.reveal()))
                return "this key stands in the file already";
        }
    }
    if (!of(*name).keys.emplace(*id, std::move(key)).second) return "this name has a key of this id already";
    return {};
}

std::string KeyRing::missing_part() const
{
    for (const KeyName name : all_key_names) {
        const std::string text(to_text(name));
        if (of(name).keys.empty()) return "no key `" + text + ".1 = …`";
        if (of(name).current == 0) return "no line `" + text + ".current = …`";
        if (!of(name).keys.contains(of(name).current)) {
            return "`" + text + ".current` names " + std::to_string(of(name).current) +
                   ", which is not in the file";
        }
    }
    return {};
}

KeyRing KeyRing::generate(const RandomSource& random)
{
    KeyRing ring;
    for (const KeyName name : all_key_names) {
        Bytes fresh(key_bytes);
        random.fill(fresh);
        ring.of(name).keys.emplace(KeyId{1}, Secret(std::move(fresh)));
        ring.of(name).current = 1;
    }
    return ring;
}

Result<KeyRing, KeyFileError> KeyRing::create(const std::string& path, const RandomSource& random)
{
    using Kind = KeyFileError::Kind;
    KeyRing ring = generate(random);
    const Secret text = ring.file_text();
    const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file_mode));
    if (!file.is_open()) {
        if (errno == EEXIST) return refuse(Kind::exists, path, "it exists already and is left as it is");
        return refuse(Kind::not_written, path, std::string("it cannot be made: ") + std::strerror(errno));
    }
    const bool written = ::fchmod(file.get(), file_mode) == 0 && write_all(file.get(), text.reveal_text()) &&
                         ::fsync(file.get()) == 0 && sync_folder_of(path);
    if (!written) {
        const std::string why = std::strerror(errno);
        ::unlink(path.c_str());
        return refuse(Kind::not_written, path, "it cannot be written: " + why);
    }
    return ring;
}

Secret KeyRing::file_text() const
{
    constexpr std::size_t line_bytes_max = 128;
    std::string text =
        "# Keys of this Sallyport. Without them the database cannot be read: keep a copy elsewhere, and "
        "show them to nobody.\n";
    std::size_t lines = 1;
    for (const Name& name : m_names) lines += 1 + name.keys.size();
    text.reserve(text.size() + lines * line_bytes_max);  // so that no grown copy stays behind in memory
    for (const KeyName name : all_key_names) {
        for (const auto& [id, key] : of(name).keys) {
            std::string encoded = to_base64url(key.reveal());
            text.append(to_text(name)).append(".").append(std::to_string(id)).append(" = ");
            text.append(encoded).append("\n");
            wipe_text(encoded);
        }
        text.append(to_text(name))
            .append(".current = ")
            .append(std::to_string(of(name).current))
            .append("\n");
    }
    Secret secret = Secret::from_text(text);
    wipe_text(text);
    return secret;
}

KeyId KeyRing::current_id(KeyName name) const { return of(name).current; }

const Secret& KeyRing::current(KeyName name) const
{
    const auto found = of(name).keys.find(of(name).current);
    CHECK(found != of(name).keys.end());
    return found->second;
}

const Secret* KeyRing::find(KeyName name, std::int64_t id) const noexcept
{
    if (id < 1 || id > UINT16_MAX) return nullptr;
    const auto found = of(name).keys.find(static_cast<KeyId>(id));
    return found == of(name).keys.end() ? nullptr : &found->second;
}

std::vector<KeyId> KeyRing::ids(KeyName name) const
{
    std::vector<KeyId> ids;
    for (const auto& [id, key] : of(name).keys) ids.push_back(id);
    return ids;
}

}  // namespace sallyport::crypto
