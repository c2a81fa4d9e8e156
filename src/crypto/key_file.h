#pragma once
// The key file: everything that must not be in the database. Text lines `name.id = base64url(32 bytes)` and
// one `name.current = id` for each name; `#` begins a comment. Several ids for one name let a key be replaced
// while rows under the older ones are still read. Names: pepper (passwords, recovery codes), seal (AEAD), mac
// (rows), index (blind indexes), jws (Ed25519 seeds).
#include "base/result.h"
#include "base/secret.h"
#include "crypto/random_source.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::crypto {

enum class KeyName : std::uint8_t { pepper, seal, mac, index, jws };
inline constexpr std::array all_key_names{KeyName::pepper, KeyName::seal, KeyName::mac, KeyName::index,
                                          KeyName::jws};
std::string_view to_text(KeyName name) noexcept;

/// 1 … 65,535; stored beside what the key made.
using KeyId = std::uint16_t;
inline constexpr std::size_t key_bytes = 32;

/// Why the keys cannot be had, in words for the operator. Never holds a key or a line of the file.
struct KeyFileError {
    enum class Kind : std::uint8_t {
        missing,
        unreadable,
        too_open,
        wrong_owner,
        malformed,
        exists,
        not_written
    };
    Kind kind;
    std::string message;
};

/// Every key, of every name. Cannot be printed or copied.
class KeyRing {
public:
    KeyRing(const KeyRing&) = delete;
    KeyRing& operator=(const KeyRing&) = delete;
    KeyRing(KeyRing&&) = default;
    KeyRing& operator=(KeyRing&&) = default;

    /// Refuses a file that group or others can touch (mode & 077), that belongs to neither this user nor
    /// root, that is not a regular file, or is larger than 64 KiB.
    static Result<KeyRing, KeyFileError> load(const std::string& path);
    /// One fresh key of each name with id 1, written with mode 0600 and O_EXCL, synced: an existing file is
    /// never touched.
    static Result<KeyRing, KeyFileError> create(const std::string& path, const RandomSource& random);
    /// One fresh key of each name, nowhere written: for tests.
    static KeyRing generate(const RandomSource& random);
    /// The file's content. `path` is for the messages.
    static Result<KeyRing, KeyFileError> parse(std::string_view content, std::string_view path);

    [[nodiscard]] KeyId current_id(KeyName name) const;
    [[nodiscard]] const Secret& current(KeyName name) const;
    /// Null where there is no such key. 0 is no key.
    [[nodiscard]] const Secret* find(KeyName name, std::int64_t id) const noexcept;
    /// Ascending.
    [[nodiscard]] std::vector<KeyId> ids(KeyName name) const;
    /// The file's form of the ring.
    [[nodiscard]] Secret file_text() const;

private:
    KeyRing() = default;
    struct Name {
        std::map<KeyId, Secret> keys;
        KeyId current = 0;
    };
    [[nodiscard]] Name& of(KeyName name) { return m_names[static_cast<std::size_t>(name)]; }
    [[nodiscard]] const Name& of(KeyName name) const { return m_names[static_cast<std::size_t>(name)]; }
    std::string read_line(std::string_view line);
    [[nodiscard]] std::string missing_part() const;
    std::array<Name, all_key_names.size()> m_names;
};

}  // namespace sallyport::crypto
