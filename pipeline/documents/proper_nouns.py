"""Capitalised words that are no people, and given names: what tells "(Frankfurt)" from "(Hanno)".

A given name is evidence for a person; that a word is missing here is evidence of nothing. Names that are also
words, places or programs ("Will", "Max", "Sofia", "Ruby") are left out: they need other evidence.
"""

from __future__ import annotations

_PLACES = """
uae uk usa nyc sf la africa america americas antarctica asia australia australasia europe oceania eu emea apac latam anz dach benelux
nordics scandinavia iberia balkans caribbean global worldwide overseas north south east west central
afghanistan albania algeria andorra angola argentina armenia austria azerbaijan bahrain bangladesh belarus
belgium bolivia bosnia botswana brazil bulgaria cambodia cameroon canada chile china colombia croatia cuba cyprus
czechia denmark ecuador egypt estonia ethiopia finland france germany ghana greece guatemala honduras hungary
iceland india indonesia iran iraq ireland israel italy jamaica japan kazakhstan kenya korea kosovo kuwait latvia
lebanon liechtenstein lithuania luxembourg malaysia malta mexico moldova monaco mongolia montenegro morocco
mozambique myanmar namibia nepal netherlands nigeria norway oman pakistan panama paraguay peru philippines poland
portugal qatar romania russia rwanda senegal serbia singapore slovakia slovenia somalia spain sudan sweden
switzerland syria taiwan tanzania thailand tunisia turkey uganda ukraine uruguay uzbekistan venezuela vietnam
yemen zambia zimbabwe england scotland wales britain
amsterdam ankara antwerp arlington athens atlanta auckland austin bahrain baltimore bangalore bangkok barcelona
barcelona basel beijing belfast belgrade bengaluru bergen berlin bern bilbao birmingham bogota bologna bombay
bordeaux boston bremen brisbane bristol brussels bucharest budapest cairo calgary california cambridge canberra
cardiff chennai chicago cleveland cologne columbus copenhagen cork dallas delhi denver detroit doha dresden dubai
dublin dusseldorf düsseldorf edinburgh eindhoven florence florida frankfurt geneva genoa ghent glasgow gothenburg
graz hague hamburg hanoi hannover hanover helsinki hongkong houston hyderabad illinois iowa istanbul jakarta
johannesburg karachi kolkata krakow kraków kyiv kiev kyoto lagos lausanne leeds leipzig lille lima linz lisbon
liverpool ljubljana london losangeles luxembourg lyon lyons malmö madrid malaga manchester manila mannheim marseille
melbourne miami milan minneapolis montevideo montreal moscow mumbai munich münchen nagoya nairobi nantes naples
newark newcastle nice nottingham nuremberg nürnberg ohio oregon osaka oslo ottawa oxford paris perth philadelphia
phoenix pittsburgh portland porto prague pune quebec québec reykjavik riga riyadh rome rotterdam santiago
sãopaulo salzburg sapporo sarajevo seattle seoul seville shanghai shenzhen skopje sofia stockholm strasbourg
stuttgart sydney tallinn tampa tehran telaviv texas tirana tokyo toronto toulouse trondheim turin utah utrecht
valencia vancouver venice vienna vilnius virginia warsaw washington wellington wroclaw wrocław zagreb zurich zürich
"""
_FREQUENCIES = """
annual annually biannual biannually bimonthly biweekly continuous continuously daily fortnightly frequently hourly
monthly nightly occasionally periodic periodically permanent permanently quarterly recurrent regular regularly
repeated repeatedly semiannual temporarily temporary twice weekly yearly always once often rarely
immediately finally mostly partially partly possibly probably recently eventually initially
jan feb mar apr jun jul aug sep sept oct nov dec spring summer autumn fall winter
mon tue tues wed thu thur thurs fri sat sun saturday sunday weekend weekends eow eod eom eoq eoy h1 h2
"""
_PROGRAMS = """
activemq aks alertmanager alpine antd argo argocd arm asana athena atlassian aurora avro bamboo bazel beanstalk
bigquery bigtable bitwarden brave buildkite bun buzz calico celery centos ceph chrome chromium cilium clickhouse
clojure cloudformation cloudfront codeql collectd concourse containerd coredns cortex couchbase couchdb cron cronjob
databricks dbt debian deno dependabot digitalocean docusaurus dovecot drone druid drupal dynamodb ec2 ecr ecs eks
electron elixir elk ember erlang etcd excel exchange express facebook falco fargate fedora filebeat firefox
firehydrant firebase flannel fluentbit fluentd flyway freebsd gatekeeper ghost gke gmail golang gradle graphite
graphql grpc gunicorn hadoop haproxy harbor haskell hbase heroku hetzner hibernate hive honeycomb hubspot icinga
influx influxdb instagram intercom iphone ipad jaeger javascript jetty json keycloak kibana kinesis knative
kubelet kubectl kyverno lambda laravel lastpass ldap liquibase linkerd linkedin locust logstash longhorn lua
macos magento mailchimp mailgun mariadb maven memcached metabase mimir minio monit munin nagios nats neo4j netlify
netsuite newrelic nextjs nfs nodejs nomad npm ntp nvidia ocaml office onelogin openshift openssl openstack
opentelemetry openvpn outlook ovh packer pgbouncer phabricator pnpm podman polaris postfix postgresql postman
presto prisma proxmox puma pulsar pytest quay quarkus qlik rancher react redhat redshift renovate resque rhel rootly
route53 rsync rubocop s3 safari saltstack salesforce samba scylla sdk segment sendgrid sentinel shopify sidekiq
snowflake snyk solaris solr sonarqube splunk sqlite sqs sns squid ssh statsd statuspage superset suse svelte
systemd tableau teamcity tekton telegraf terragrunt thanos tomcat trello trino trivy twitter typescript ubuntu unicorn
unix varnish vercel victorops vite vmware wasm webex webhook webpack whatsapp wildfly wireguard wordpress xcode
yaml yarn youtube zabbix zendesk zipkin zookeeper
"""
#: What a company has many of: no person, and as a team too vague to be one.
_PARTS = """
accounting administration admin admins agent agents appendix archive billing browser browsers cart catalog catalogue
checkout compute contractor contractors cost costs crm cso cto ceo cfo dashboard dashboards desktop directory
distribution eng engine engineer engineers enterprise erp everything facilities feed feeds finance fleet form
fulfilment fulfillment headquarters hosting hr identity inbox inventory invoice invoices invoicing kiosk ledger
login logistics lead leads manager managers management mail marketing master members membership merchant merchants
nginx notifications office order orders pager partnership pilot pool portal pos pricing primary procurement
purchasing recovery registry replica replicas reporting sales secondary shipping shop signup stakeholder
stakeholders store storefront stores supplier suppliers tenant tenants till tills trading treasury treasurer
vendors warehouse warehouses wiki
ha dr vm os ip ipv id mvp poc eta utc gmt cet cest bst est edt pst pdt ist slo sla sli kpi okr pii gdpr soc iso
jvm gc oom rpc tcp udp http https json xml csv ssd hdd cpu gpu ram lb nat mfa sso oidc saml jwt acl pdf faq rfc adr
advisory alpha aside beta both cancelled canceled candidate careful cheap cleanup committed compulsory confirmed
continued deferred deprecated duplicate easy effort epic essential existing expensive experimental extra first
hard initial large legacy local mandatory maybe minor major manual missing mitigated moved nice obsolete only
optional other outstanding parked partial planning preferred proactive proposed quick rejected repeat requested
required risky safe same second simple small started starting stretch strategic suggested superseded third
tentative trivial tricky uncertain unclear urgent useful various verified waiting wanted
"""
_PLACES_OPEN = """
buenos cape costa eastern el fort hong ho kuala las latin los middle northern puerto rio salt san santa sao saudi
southern sri são tel united western
"""
#: Places, in lower case: one word, or the first of several ("San Francisco").
PLACES = frozenset(_PLACES.split())
PLACES_OPEN = frozenset(_PLACES_OPEN.split())
#: Times, programs and parts of a company, in lower case: no word of a name.
NO_NAMES = frozenset(" ".join((_FREQUENCIES, _PROGRAMS, _PARTS)).split())

_GIVEN_NAMES = """
aaron abdul abdullah abigail adam adele adrian adriana agata agnes agnieszka ahmad ahmed aiden aisha akira alain alan
albert alberto alejandra alejandro aleksandr aleksandra alena alessandra alessandro alessia alex alexander alexandra
alexandre alexei alfonso alfred alfredo ali alice alicia alina alison allan allison alma alvaro amanda amelia amelie
amina amir amit amy ana anastasia anders andre andrea andreas andreea andrei andres andrew andrey andy anette angela
angelo angus anh anika anil anita anja anjali ankit ann anna annabel anne annette annika anthony anton antonia
antonio antony anya aoife aria ariana ariel arjun armando arnaud arne arthur arturo arun ashley ashok astrid
audrey axel ayesha aziz barbara bartosz bas bastian beata beatrice beatriz ben benedikt benjamin benoit bernard
bernd beth bianca birgit bjorn björn bob bogdan boris brandon brenda brian bridget bruce bruno bryan camila camille
carl carla carlos carmen carol carolina caroline carsten catalina catherine cathy cecilia cedric celine cesar
charlene charles charlie charlotte chen cheng cheryl chiara chloe chris christian christina christine christoph
christophe christopher claire clara claudia claudio clemens colin conor connor corinna craig cristian cristina
cynthia damian damien dan dana daniel daniela daniele danielle danny daphne dario darren dave david deborah deepak
deepika deirdre denis denise dennis derek diana diane diego dieter dietmar dimitri dimitris dirk dmitri dmitry
dominic dominik dominika dominique donald donna dorothy doris dorota doug douglas duncan dylan eamon eddie edgar
eduardo edward edwin eileen elaine elena eleanor eleni elias elif elijah elin elisa elisabeth eliza elizabeth ella
ellen emanuel emil emilia emilie emily emma emmanuel enrico enrique eric erica erich erik erika erin ernesto ernst
esra esther ethan eugene eva evan eve evelyn ewa ezra fabian fabien fabio fabrice fadi farah fatima federica federico
felipe felix ferdinand fernanda fernando filip fiona florence florian francesca francesco francis francisco franco
francois franz frank frans franziska fred freddie frederic frederick frederik frida friedrich gabriel gabriela
gabriele gareth gary gavin geoff geoffrey george georgina gerald gerard gerhard gianluca gianni gillian
giorgio giovanna giovanni giulia giuseppe gonzalo gordon graham greg gregor gregory greta gudrun guido guillaume
guillermo gunnar günter gustav gustavo guus guy gwen hamza hana hanna hannah hanno hans harald harold harriet harry
hassan hazel heather hector heidi heike heiko helen helena helene helga helmut hendrik henri henrik henry
herbert herman hilary hilde hiro hiroshi holger hollie holly howard hubert hugh hussein ian ibrahim ida ignacio
igor ilse imran ines inga inge ingo ingrid ioana ioannis irena irene irina irma isaac isabel isabella isabelle ismail
ivan ivana ivo jaap jack jackie jacob jacqueline jacques jaime jakob jakub james jamie jan jana jane janet janice
janina janos jared jasmin jason javier jean jeanne jeff jeffrey jelena jennifer jenny jens jeremy jeroen jerome
jerry jesse jessica jesus jill jim jimmy jin jing joachim joan joana joanna joanne joao joaquin jochen jody joe
joel joelle joerg johan johann johanna johannes john johnny jon jonas jonathan jordi jorge jörg jose josé josef
josefina joseph josephine josh joshua joyce juan juan judith judy julia julian juliana julie julien juliet jun jurgen
jürgen justin justyna kai kamal kamil karen karim karin karina karl karla karolina karsten kasia kate katarina
katarzyna katharina katherine kathleen kathrin kathryn kathy katie katja katrin katrina kay keith kelly ken kenji
kenneth kerry kevin khaled khalid kieran kim kimberly kirsten kjell klara klaus konrad konstantin kristen kristian
kristin kristina kristof krzysztof kumar kurt kyle lakshmi lance lara larissa larry lars laszlo laura lauren
laurent laurence lea leah leif leila lena lennart leo leon leonard leonardo leonie leslie leticia lewis liam
lidia lilian liliana lily lin lina linda lindsay linus lionel lisa liu liz lluis lloyd lorena lorenzo loretta lothar
lotta lotte louis louisa louise luca lucas lucia lucie lucy luigi luis luisa lukas lukasz luke lydia lynn maarten
maciej madeleine magda magdalena maggie magnus mahmoud maja malcolm malgorzata manfred manoj manuel manuela
marc marcel marcela marcelo marcin marco marcos marcus marek margaret margarita maria mariana marianne marie mariella
marija marijke marina mario marion marisa marius marjan markus marlene marta martha martijn martin martina mary
maryam massimo mateo mateusz mathias mathieu mathilde matt matteo matthew matthias matthieu matti maureen maurice
mauricio mauro maxim maxime maximilian megan mehdi mehmet mei melanie melissa mercedes mia michael michal michaela
michel michele michelle miguel mihai mika mike mikhail mikael milan milena miriam miroslav mohamed mohammad mohammed
mohan moira molly mona monica monika monique morgan moritz morten moses muhammad mustafa myriam nadia nadine
nancy naomi natalia natalie nataly natasha nathalie nathan neha neil nelson niall nicholas nick nicola nicolas nicole
nicoletta niels nikhil nikita nikola nikolai nikolas nils nina nisha nneka noah noel noemi nora norbert norma nuno
octavian odile olaf ole oleg olga oliver olivia olivier omar orla oscar oskar otto owen pablo pamela paolo pascal
patricia patrice patrick patrik paul paula paulina pauline paulo pavel pawel pedro peggy penny pete peter petra
petr phil philip philipp philippe phillip pia pierre pieter pilar piotr polly prakash pranav pravin preeti priya
przemek quentin rachel radek rafael rafal raffaele rahul rainer raj rajesh rakesh ralf ralph ramesh ramon ramona
raphael raquel rashid raul ravi raymond rebecca regina reinhard rekha renata rene renee reza ricardo riccardo richard
rikard rita robbie robert roberta roberto robin rodrigo roger rohan rohit roland rolf roman romain ron ronald ronan
rosa rosalind rosario rosemary ross roxana roy rosie ruben rudi rudolf rui ruth ryan sabina sabine sabrina salim
sally salma salvador sam samantha sami samir samuel sandeep sander sandra sanjay santosh sara sarah sasha satoshi
saul scott sean sebastian serena serge sergei sergey sergio shane shannon sharon shaun sheila shirley shruti sidney
siegfried sigrid silke silvia silvio simon simona simone sinead siobhan slawek sonia sonja soren sören sophia
sophie stacey stan stanislav stefan stefania stefanie stefano steffen stella stephan stephane stephanie stephen
steve steven stewart stuart sue suman sunil suresh susan susana susanna susanne suzanne sven svetlana sylvain
sylvia sylvie szymon tadeusz takashi tamar tamara tanja tanya tara tariq tatiana tatjana tanvi ted teresa terri
terry tess theo theodor theresa thierry thijs thomas thorsten tiago tibor tim timo timothy tina tobias tobi
todd tom tomas tomasz tommaso tommy toni tony torben torsten tracey tracy trevor tristan tyler ugo ulf ulla
ulrich ulrike umberto urs ursula uta ute uwe valentin valentina valerie vanessa vasil vera verena veronica veronika
vicky victor vijay vikram viktor viktoria vincent vincenzo vinod viola vishal vivek vivian vladimir vojtech volker
wade walter wanda wang warren wei wendy werner wilhelm willem william wojciech wolfgang xavier xiao yan yang yannick
yara yasmin yasmine yuki yuri yusuf yves yvette yvonne zainab zara zbigniew zhang zoe zoë zofia zoltan zsolt
"""
#: Given names that are neither words nor places nor programs, in lower case.
GIVEN_NAMES = frozenset(_GIVEN_NAMES.split()) - PLACES - NO_NAMES
