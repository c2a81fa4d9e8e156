#include "base/check.h"

#include <string>

namespace sallyport {

void check_failed(const char* condition, std::source_location where)
{
    throw ProgrammingError(std::string("CHECK failed: ") + condition + " at " + where.file_name() + ":" +
                           std::to_string(where.line()));
}

}  // namespace sallyport
