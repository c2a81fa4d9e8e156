#include "adapters/text_answers.h"

#include <boost/json/parse.hpp>

namespace sallyport::adapters {

std::optional<TextAnswer> read_text_answer(std::string_view body)
{
    constexpr std::size_t depth_max = 8;
    boost::json::parse_options options;
    options.max_depth = depth_max;
    boost::system::error_code error;
    const auto value = boost::json::parse(body, error, {}, options);
    if (error || !value.is_object()) return std::nullopt;
    const boost::json::object& object = value.get_object();
    TextAnswer answer;
    if (const auto* const accepted = object.if_contains("accepted"); accepted != nullptr)
        if (accepted->is_bool()) answer.accepted = accepted->get_bool();
    if (const auto* const sid = object.if_contains("sid"); sid != nullptr)
        answer.has_sid = sid->is_string() && !sid->get_string().empty();
    if (const auto* const code = object.if_contains("code"); code != nullptr)
        if (code->is_int64()) answer.code = code->get_int64();
    return answer;
}

}  // namespace sallyport::adapters
