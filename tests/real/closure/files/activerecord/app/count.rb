require "active_record"
ActiveRecord::Base.establish_connection(adapter: "sqlite3", database: ":memory:")
ActiveRecord::Schema.define { create_table(:items) { |t| t.string :name } }
class Item < ActiveRecord::Base; end
Item.create!(name: "a")
puts Item.count
