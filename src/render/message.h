#pragma once
// A message of the catalogue (web/locales) with what is to be filled in. The names, enum class Msg, are in
// the generated header render/messages.h; only a .cpp includes that one, because each new message changes it.
#include "base/time.h"
#include "render/language.h"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sallyport::render {

/// The number of a message is a hash of its key, so that adding one leaves the others as they were.
enum class Msg : std::uint32_t;

/// A moment as only its clock time or only its day; a bare Instant is written with both.
struct ClockTime {
    Instant at;
};
struct Day {
    Instant at;
};
/// What fills an argument. Numbers follow the language's digits and plural rules, moments the reader's zone,
/// and a duration is rounded ("about 2 days").
using Argument = std::variant<std::string, std::int64_t, Instant, ClockTime, Day, Duration>;
using Arguments = std::vector<std::pair<std::string_view, Argument>>;

/// A message to be written later, in the language of whoever reads it. Argument names are literals.
struct Message {
    Msg id{};
    Arguments arguments;
};

/// The text of a message; in UTC where only a language is given. An argument that the message has and the
/// caller did not give is our bug: ProgrammingError.
std::string text(const Reader& reader, Msg id, const Arguments& arguments = {});
std::string text(Language language, Msg id, const Arguments& arguments = {});
std::string text(const Reader& reader, const Message& message);

/// "sign_in.title": the name of a message for machines (JSON, logs).
std::string_view key(Msg id);

/// A message without arguments, as it stands in the catalogue: no allocation.
std::string_view plain_text(Language language, Msg id);

/// What is wrong with what a person typed. `field` is the id of the input, empty where no single field is to
/// blame.
struct Problem {
    std::string field;
    Message message;
};

/// All that is wrong with a form: the summary at the top of the page, the texts at the fields, "Problem:" in
/// the title.
class Problems {
public:
    Problems() = default;
    void add(std::string field, Msg id, Arguments arguments = {})
    {
        m_all.push_back(Problem{std::move(field), Message{id, std::move(arguments)}});
    }
    [[nodiscard]] bool empty() const noexcept { return m_all.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return m_all.size(); }
    [[nodiscard]] auto begin() const noexcept { return m_all.begin(); }
    [[nodiscard]] auto end() const noexcept { return m_all.end(); }
    /// The first problem of a field; null where it has none.
    [[nodiscard]] const Message* find(std::string_view field) const noexcept
    {
        for (const auto& problem : m_all) {
            if (problem.field == field) return &problem.message;
        }
        return nullptr;
    }

private:
    std::vector<Problem> m_all;
};

}  // namespace sallyport::render
