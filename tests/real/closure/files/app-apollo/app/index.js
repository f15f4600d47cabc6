const { ApolloServer } = require('@apollo/server');
const { startStandaloneServer } = require('@apollo/server/standalone');

const typeDefs = `type Query { hello: String }`;
const server = new ApolloServer({ typeDefs, resolvers: { Query: { hello: () => 'world' } } });
startStandaloneServer(server, { listen: { port: 8000 } }).then(({ url }) => console.log(url));
