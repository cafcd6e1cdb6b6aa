/*
 * A Node-API addon with one function, open(path): dlopen with RTLD_NOW | RTLD_GLOBAL, never closed; throws what dlerror says.
 * libtensorflow must be open globally before tfjs's binding is loaded, which is not linked to it, so that neither LD_LIBRARY_PATH nor a fixed folder is needed.
 */
#include <dlfcn.h>
#include <node_api.h>

static napi_value open_library(napi_env env, napi_callback_info info) {
  napi_value argument;
  size_t count = 1, length;
  char path[4096];
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  if (count < 1 || napi_get_value_string_utf8(env, argument, path, sizeof path, &length) != napi_ok) {
    napi_throw_type_error(env, NULL, "open(path)");
  } else if (!dlopen(path, RTLD_NOW | RTLD_GLOBAL)) {
    napi_throw_error(env, "ERR_DLOPEN", dlerror());
  }
  return NULL;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "open", NAPI_AUTO_LENGTH, open_library, NULL, &function);
  napi_set_named_property(env, exports, "open", function);
  return exports;
}
