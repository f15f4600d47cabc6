require "rails"
require "action_controller/railtie"
require "active_record/railtie"

class Shop < Rails::Application
  config.root = __dir__
  config.eager_load = true
  config.secret_key_base = "only-for-this-test"
  config.logger = Logger.new($stdout)
  config.hosts.clear
  routes.append { root to: "items#index" }
end

class ItemsController < ActionController::API
  def index
    render json: [{ name: "chair", price: 40 }]
  end
end

ENV["DATABASE_URL"] ||= "sqlite3::memory:"
Shop.initialize!
run Shop
