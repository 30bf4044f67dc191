require "puma"
require "sinatra/base"

class App < Sinatra::Base
  set server: "puma", bind: "127.0.0.1", port: ENV.fetch("PORT", "8788"), quiet: true
  set :host_authorization, permitted_hosts: []

  helpers do
    # Who is signed in, as the gateway says.
    def visitor
      field = ->(name) { unescape_path(request.get_header("HTTP_X_AUTHKIT_#{name}").to_s.dup.force_encoding("UTF-8")) }
      { email: field["EMAIL"], role: field["ROLE"] } unless field["USER_ID"].empty?
    end
  end

  get("/") { erb :page, locals: { title: "Notes" } }

  # The gateway lets nobody here who isn't signed in.
  get("/account") { erb :page, locals: { title: "Your account" } }

  run! if app_file == $0
end
