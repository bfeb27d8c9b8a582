"""Capitalised words that are no people, and given names: what tells "(Frankfurt)" from "(Hanno)".

A given name is evidence for a person; that a word is missing here is evidence of nothing. Names that are
also words, places or programs ("Will", "Max", "Sofia", "Ruby") are left out: they need other evidence.
"""

from __future__ import annotations

_PLACES = """
afghanistan africa albania algeria america americas amsterdam andorra angola ankara antarctica antwerp anz
apac argentina arlington armenia asia athens atlanta auckland austin australasia australia austria
azerbaijan bahrain balkans baltimore bangalore bangkok bangladesh barcelona basel beijing belarus belfast
belgium belgrade benelux bengaluru bergen berlin bern bilbao birmingham bogota bolivia bologna bombay
bordeaux bosnia boston botswana brazil bremen brisbane bristol britain brussels bucharest budapest
bulgaria cairo calgary california cambodia cambridge cameroon canada canberra cardiff caribbean central
chennai chicago chile china cleveland cologne colombia columbus copenhagen cork croatia cuba cyprus
czechia dach dallas delhi denmark denver detroit doha dresden dubai dublin dusseldorf düsseldorf east
ecuador edinburgh egypt eindhoven emea england estonia ethiopia eu europe finland florence florida france
frankfurt geneva genoa germany ghana ghent glasgow global gothenburg graz greece guatemala hague hamburg
hannover hanoi hanover helsinki honduras hongkong houston hungary hyderabad iberia iceland illinois india
indonesia iowa iran iraq ireland israel istanbul italy jakarta jamaica japan johannesburg karachi
kazakhstan kenya kiev kolkata korea kosovo krakow kraków kuwait kyiv kyoto la lagos latam latvia lausanne
lebanon leeds leipzig liechtenstein lille lima linz lisbon lithuania liverpool ljubljana london losangeles
luxembourg lyon lyons madrid malaga malaysia malmö malta manchester manila mannheim marseille melbourne
mexico miami milan minneapolis moldova monaco mongolia montenegro montevideo montreal morocco moscow
mozambique mumbai munich myanmar münchen nagoya nairobi namibia nantes naples nepal netherlands newark
newcastle nice nigeria nordics north norway nottingham nuremberg nyc nürnberg oceania ohio oman oregon
osaka oslo ottawa overseas oxford pakistan panama paraguay paris perth peru philadelphia philippines
phoenix pittsburgh poland portland porto portugal prague pune qatar quebec québec reykjavik riga riyadh
romania rome rotterdam russia rwanda salzburg santiago sapporo sarajevo scandinavia scotland seattle
senegal seoul serbia seville sf shanghai shenzhen singapore skopje slovakia slovenia sofia somalia south
spain stockholm strasbourg stuttgart sudan sweden switzerland sydney syria sãopaulo taiwan tallinn tampa
tanzania tehran telaviv texas thailand tirana tokyo toronto toulouse trondheim tunisia turin turkey uae
uganda uk ukraine uruguay usa utah utrecht uzbekistan valencia vancouver venezuela venice vienna vietnam
vilnius virginia wales warsaw washington wellington west worldwide wroclaw wrocław yemen zagreb zambia
zimbabwe zurich zürich
"""
_FREQUENCIES = """
always annual annually apr aug autumn biannual biannually bimonthly biweekly continuous continuously daily
dec eod eom eoq eow eoy eventually fall feb finally fortnightly frequently fri h1 h2 hourly immediately
initially jan jul jun mar mon monthly mostly nightly nov occasionally oct often once partially partly
periodic periodically permanent permanently possibly probably quarterly rarely recently recurrent recurring
regular regularly repeated repeatedly sat saturday semiannual sep sept spring summer sun sunday temporarily
temporary thu thur thurs tue tues twice wed weekend weekends weekly winter yearly
"""
_PROGRAMS = """
activemq aks alertmanager alpine antd argo argocd arm asana athena atlassian aurora avro bamboo bazel
beanstalk bigquery bigtable bitwarden brave buildkite bun buzz calico celery centos ceph chrome chromium
cilium clickhouse clojure cloudformation cloudfront codeql collectd concourse containerd coredns cortex
couchbase couchdb cron cronjob databricks dbt debian deno dependabot digitalocean docusaurus dovecot drone
druid drupal dynamodb ec2 ecr ecs eks electron elixir elk ember erlang etcd excel exchange express
facebook falco fargate fedora filebeat firebase firefox firehydrant flannel fluentbit fluentd flyway
freebsd gatekeeper ghost gke gmail golang gradle graphite graphql grpc gunicorn hadoop haproxy harbor
haskell hbase heroku hetzner hibernate hive honeycomb hubspot icinga influx influxdb instagram intercom
ipad iphone jaeger javascript jetty json keycloak kibana kinesis knative kubectl kubelet kyverno lambda
laravel lastpass ldap linkedin linkerd liquibase locust logstash longhorn lua macos magento mailchimp
mailgun mariadb maven memcached metabase mimir minio monit munin nagios nats neo4j netlify netsuite
newrelic nextjs nfs nodejs nomad npm ntp nvidia ocaml office onelogin openshift openssl openstack
opentelemetry openvpn outlook ovh packer pgbouncer phabricator pnpm podman polaris postfix postgresql
postman presto prisma proxmox pulsar puma pytest qlik quarkus quay rancher react redhat redshift renovate
resque rhel rootly route53 rsync rubocop s3 safari salesforce saltstack samba scylla sdk segment sendgrid
sentinel shopify sidekiq snowflake sns snyk solaris solr sonarqube splunk sqlite sqs squid ssh statsd
statuspage superset suse svelte systemd tableau teamcity tekton telegraf terragrunt thanos tomcat trello
trino trivy twitter typescript ubuntu unicorn unix varnish vercel victorops vite vmware wasm webex webhook
webpack whatsapp wildfly wireguard wordpress xcode yaml yarn youtube zabbix zendesk zipkin zookeeper
"""
#: What a company has many of, and whom it buys from: no person, and as a team too vague to be one.
_PARTS = """
accounting acl admin administration admins adr advisory adyen agent agents alpha amd appendix archive
aside beta billing both browser browsers bst canceled cancelled candidate careful cart catalog catalogue
ceo cest cet cfo cheap checkout cisco cleanup comcast committed compulsory compute confirmed continued
contractor contractors cost costs cpu crm cso csv cto dashboard dashboards deferred dell deprecated
desktop directory distribution dr duplicate easy edt effort eng engine engineer engineers enterprise epic
equifax erp essential est eta everything existing expensive experian experimental extra facilities faq
feed feeds finance first fleet form fulfillment fulfilment gc gdpr gmt gpu ha hard hdd headquarters
hosting hp hpe hr http https ibm id identity inbox initial intel inventory invoice invoices invoicing ip
ipv iso ist json juniper jvm jwt kiosk klarna kpi large lb lead leads ledger legacy lenovo local login
logistics mail major management manager managers mandatory manual marketing master mastercard maybe
members membership merchant merchants mfa minor missing mitigated moved mvp nat nginx nice nokia
notifications obsolete office oidc okr only oom optional order orders os other outstanding pager parked
partial partnership paypal pdf pdt pii pilot planning poc pool portal pos preferred pricing primary
proactive procurement proposed pst purchasing quick ram recovery registry rejected repeat replica replicas
reporting requested required rfc risky rpc safe sales same saml sap second secondary shipping shop siemens
signup simple sla sli slo small soc ssd sso stakeholder stakeholders started starting store storefront
stores strategic stretch stripe suggested superseded supplier suppliers swift tcp telekom tenant tenants
tentative third till tills trading treasurer treasury tricky trivial udp uncertain unclear urgent useful
utc various vendors verified verizon visa vm vodafone waiting wanted warehouse warehouses wiki wirecard
worldpay xml
"""
_PLACES_OPEN = """
buenos cape costa eastern el fort ho hong kuala las latin los middle northern puerto rio salt san santa
sao saudi southern sri são tel united western
"""
#: Places, in lower case: one word, or the first of several ("San Francisco").
PLACES = frozenset(_PLACES.split())
PLACES_OPEN = frozenset(_PLACES_OPEN.split())
#: Times, programs and parts of a company, in lower case: no word of a name.
NO_NAMES = frozenset(" ".join((_FREQUENCIES, _PROGRAMS, _PARTS)).split())

_GIVEN_NAMES = """
aaron abdul abdullah abena abigail achieng adaeze adam adele adrian adriana agata agnes agnieszka ahmad
ahmed aiden aina ainhoa aisha akira akua alain alan albert alberto alejandra alejandro aleksandr
aleksandra alena alessandra alessandro alessia alex alexander alexandra alexandre alexei alfonso alfred
alfredo ali alice alicia alina alison allan allison alma alvaro amanda amara amelia amelie amina aminata
amir amit amy ana anastasia ander anders andre andrea andreas andreea andrei andres andrew andrey andy
anette angela angelo angus anh anika anil anita anja anjali ankit ann anna annabel anne annette annika
anthony anton antonia antonio antony anya aoife aria ariana ariel arif arjun armando arnaud arne arthur
arturo arun ashley ashok astrid audrey axel ayesha aziz barbara bartosz bas bastian beata beatrice beatriz
ben benedikt benjamin benoit bernard bernat bernd beth bianca birgit bjorn björn bo bob bogdan bola boris
brandon brenda brian bridget bruce bruno bryan budi camila camille carl carla carlos carmen carol carolina
caroline carsten catalina catherine cathy cecilia cedric celine cesar charlene charles charlie charlotte
chen cheng cheryl chiara chidi chioma chloe chris christian christina christine christoph christophe
christopher claire clara claudia claudio clemens colin connor conor corinna craig cristian cristina
cynthia daichi damian damien dan dana daniel daniela daniele danielle danny daphne dario darren dave david
deborah deepak deepika deirdre denis denise dennis derek dewi diana diane diego dieter dietmar dimitri
dimitris dinesh dirk dmitri dmitry dominic dominik dominika dominique donald donna doris dorota dorothy
doug douglas dragan duncan dylan eamon ed eddie edgar eduardo edward edwin eileen elaine eleanor elena
eleni elias elif elijah elin elisa elisabeth eliza elizabeth ella ellen emanuel emeka emil emilia emilie
emily emma emmanuel enrico enrique eric erica erich erik erika erin ernesto ernst esra esther ethan eugene
eva evan eve evelyn ewa ezra fabian fabien fabio fabrice fadi farah fatima fatou federica federico felipe
felix femi ferdinand fernanda fernando filip fiona florence florian francesca francesco francis francisco
franco francois frank frans franz franziska fred freddie frederic frederick frederik frida friedrich
gabriel gabriela gabriele ganesh gareth gary gavin geoff geoffrey george georgina gerald gerard gerhard
gianluca gianni gillian giorgio giovanna giovanni giulia giuseppe gonzalo goran gordon graham greg gregor
gregory greta gudrun guido guillaume guillem guillermo gunnar gustav gustavo guus guy gwen günter hamza
hana hanna hannah hanno hans harald harish harold harriet harry haruto hassan hazel heather hector heidi
heike heiko helen helena helene helga helmut hendrik henri henrik henry herbert herman hilary hilde hiro
hiroshi holger hollie holly howard hubert hugh huong hussein ian ibrahim ida ifeoma ignacio igor iker ilse
imran ines inga inge ingo ingrid ioana ioannis irena irene irina irma isaac isabel isabella isabelle
ismail itziar ivan ivana ivo jaap jack jackie jacob jacqueline jacques jaime jakob jakub james jamie jan
jana jane janet janice janina janos jared jasmin jason javier jean jeanne jeff jeffrey jelena jennifer
jenny jens jeremy jeroen jerome jerry jesse jessica jesus jiho jill jim jimmy jin jing jo joachim joan
joana joanna joanne joao joaquin jochen jody joe joel joelle joerg johan johann johanna johannes john
johnny jon jonas jonathan jordi jorge jose josef josefina joseph josephine josh joshua josé joyce juan
judith judy julia julian juliana julie julien juliet juma jun jurgen justin justyna jörg jürgen kai kaito
kamal kamau kamil karen karim karin karina karl karla karolina karsten kasia katarina katarzyna kate
katharina katherine kathleen kathrin kathryn kathy katie katja katrin katrina kay kazuo keiko keith kelly
ken kenji kenneth kerry kevin khaled khalid kieran kim kimberly kiran kirsten kjell klara klaus kofi
konrad konstantin kristen kristian kristin kristina kristof krzysztof kumar kurt kwame kyle laia lakshmi
lance lara larissa larry lars laszlo laura lauren laurence laurent lea leah leif leila leire lena lennart
leo leon leonard leonardo leonie lerato leslie leticia lewis liam lidia lilian liliana lily lin lina linda
lindsay linh linus lionel lisa liu liz lloyd lluis lorena lorenzo loretta lothar lotta lotte louis louisa
louise luca lucas lucia lucie lucy luigi luis luisa lukas lukasz luke lydia lynn maarten maciej madeleine
magda magdalena maggie magnus mahmoud maja malcolm malgorzata mamadou manfred manoj manuel manuela marc
marcel marcela marcelo marcin marco marcos marcus marek margaret margarita maria mariana marianne maribel
marie mariella marija marijke marina mario marion marisa marius marjan markus marlene marta martha martijn
martin martina mary maryam massimo mateo mateusz mathias mathieu mathilde matt matteo matthew matthias
matthieu matti maureen maurice mauricio mauro maxim maxime maximilian meena megan mehdi mehmet mei melanie
melissa mercedes mia michael michaela michal michel michele michelle miguel mihai mika mikael mike mikhail
milan milena milos minh minjun mireia mirela miriam miroslav mohamed mohammad mohammed mohan moira molly
mona monica monika monique morgan moritz morten moses muhammad mustafa myriam nadia nadine nancy nandini
naoko naomi natalia natalie nataly natasha nathalie nathan neha neil nelson nemanja nerea ngozi nguyen
niall nicholas nick nicola nicolas nicole nicoletta niels nikhil nikita nikola nikolai nikolas nils nina
nisha njeri nneka noah noel noemi nomsa nora norbert norma nuno nur obi octavian odile olaf ole oleg olga
oliver olivia olivier omar oriol orla oscar oskar otieno otto ousmane owen pablo pamela paolo pascal
patrice patricia patrick patrik paul paula paulina pauline paulo pavel pawel pedro peggy penny pete peter
petr petra phil philip philipp philippe phillip phuong pia pierre pieter pilar piotr polly pooja prakash
pranav pravin preeti priya priyanka przemek quentin rachel radek radhika rafael rafal raffaele rahul
rainer raj rajesh rakesh ralf ralph ramesh ramon ramona raphael raquel rashid raul ravi raymond rebecca
regina reinhard rekha renata rene renee reza ricardo riccardo richard rikard rita rizky robbie robert
roberta roberto robin rodrigo roger rohan rohit roland rolf romain roman ron ronald ronan rosa rosalind
rosario rosemary rosie ross roxana roy ruben rudi rudolf rui ruth ryan ryota sabina sabine sabrina sade
salim sally salma salvador sam samantha sami samir samuel sandeep sander sandra sanjay santosh sara sarah
sasha satoshi saul scott sean sebastian seojun serena serge sergei sergey sergio shane shannon sharon
shaun sheila shirley shruti sidney siegfried sigrid silke silvia silvio simon simona simone sinead siobhan
sipho siti slawek sneha sonia sonja sophia sophie soren stacey stan stanislav stefan stefania stefanie
stefano steffen stella stephan stephane stephanie stephen steve steven stewart stuart sue suman sunil
sunita suresh susan susana susanna susanne suzanne sven svetlana swati sylvain sylvia sylvie szymon sören
tadeusz takashi takeshi tamar tamara tanja tanvi tanya tara tariq tatiana tatjana ted teresa terri terry
tess thabo theo theodor theresa thierry thijs thomas thorsten thuy tiago tibor tim timo timothy tina tobi
tobias todd tom tomas tomasz tommaso tommy tomoko toni tony torben torsten tracey tracy trevor tristan
tuan tunde tyler ugo ulf ulla ulrich ulrike umberto unai urs ursula uta ute uwe valentin valentina valerie
vanessa varun vasil vedran vera verena veronica veronika vicky victor vijay vikram viktor viktoria vincent
vincenzo vinod viola vishal vivek vivian vladimir vojtech volker wade walter wanda wang wanjiru warren wei
wendy werner wilhelm willem william wojciech wolfgang xavier xiao xiomara yan yang yannick yara yash
yasmin yasmine yoko yui yuki yuri yusuf yves yvette yvonne zainab zanele zara zbigniew zhang zoe zofia
zoltan zoran zoya zoë zsolt zuzana zuzka
"""
#: Given names that are neither words nor places nor programs, in lower case.
GIVEN_NAMES = frozenset(_GIVEN_NAMES.split()) - PLACES - NO_NAMES
